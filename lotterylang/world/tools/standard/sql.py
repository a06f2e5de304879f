"""`sql`: questions to a SQLite file, which is opened for reading only.

Four walls: the file is opened `mode=ro`; an authorizer lets nothing but SELECT, reading and known functions through;
limits of SQLite bound every text and query; a handler ends a query that is late. Next door: `leaves.py` has the files.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import closing
from typing import Any
from urllib.parse import quote

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.leaves import Files
from lotterylang.world.tools.refusal import Refused, shortened

LIMIT_S = 5.0
"""How long a query may take."""

MOST_ROWS = 1_000
MOST_SIZE = 1_000_000
"""Rows of an answer, and bytes of a value and of an answer."""

_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}

_NAMES = """
abs avg cast ceil ceiling char coalesce concat count cume_dist date datetime dense_rank exp first_value floor format
glob group_concat ifnull iif instr julianday lag last_value lead length like ln log lower ltrim max min mod nth_value
ntile nullif percent_rank pow power printf quote rank replace round row_number rtrim sign sqrt strftime string_agg
substr substring sum time total trim trunc typeof unicode upper
"""

FUNCTIONS = frozenset(_NAMES.split())
"""The functions that a query may call: none that reads a file, loads code or waits."""

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MOST_SIZE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


@tool(acts=False, limit_s=LIMIT_S + 1)
def sql(query: str, files: Files) -> list[dict[str, Any]]:
    """Ask the granted SQLite file one SELECT; each row is a map of its columns."""
    path = _plain(files)
    until = time.monotonic() + LIMIT_S
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=1.0)) as connection:
            _limit(connection, until)
            return _rows(connection.execute(query))
    except sqlite3.Warning as problem:
        raise Refused("ToolFailed", f"SQLite: {problem}") from None
    except sqlite3.Error as problem:
        if time.monotonic() >= until:
            raise Refused("Timeout", f"the query had no result after {LIMIT_S:g} s, and was ended") from None
        raise _refused(problem) from None
    except (OverflowError, UnicodeError, ValueError) as problem:
        raise Refused("ToolFailed", f"SQLite: {shortened(str(problem))}") from None


def _plain(files: Files) -> str:
    """Give the granted file's path. Errors: Refused NotFound, Denied for what became something else since."""
    if len(files.entries) != 1:
        raise Refused("Denied", 'name one file: `uses tool sql("sales.db")`')
    written, path = files.entries[0]
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        raise Refused("NotFound", f"there is no file `{shortened(written)}`") from None
    if not stat.S_ISREG(mode) or os.path.realpath(path) != path:
        raise Refused("Denied", f"`{shortened(written)}` is no plain file")
    return path


def _limit(connection: sqlite3.Connection, until: float) -> None:
    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA temp_store = MEMORY")
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.set_authorizer(_allows)
    connection.set_progress_handler(lambda: int(time.monotonic() >= until), 1_000)


def _allows(action: int, first: str | None, second: str | None, database: str | None, inner: str | None) -> int:
    if action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _rows(cursor: sqlite3.Cursor) -> list[dict[str, Any]]:
    columns = [name for name, *_ in cursor.description or ()]
    if not columns:
        raise Refused("Denied", "only a SELECT is answered")
    if len(set(columns)) < len(columns):
        raise Refused("ToolFailed", "two columns have the same name: write `AS` to tell them apart")
    found: list[dict[str, Any]] = []
    size = 0
    for row in cursor:
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if len(found) >= MOST_ROWS or size > MOST_SIZE:
            told = f"more than {MOST_ROWS:,} rows or {MOST_SIZE:,} bytes: write LIMIT, or ask for less"
            raise Refused("ToolFailed", told)
        found.append(dict(zip(columns, map(_value, row), strict=True)))
    return found


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        raise Refused("ToolFailed", "a column holds bytes, not text: write `quote(…)` around it")
    return value


def _refused(problem: sqlite3.Error) -> Refused:
    told = shortened(str(problem), 200)
    if "not authorized" in told or "prohibited" in told or "readonly" in told or "read-only" in told:
        return Refused("Denied", f"only SELECT with plain functions is answered: {told}")
    if "unable to open" in told:
        return Refused("NotFound", f"the file can't be opened: {told}")
    return Refused("ToolFailed", f"SQLite: {told}", passing="locked" in told)
