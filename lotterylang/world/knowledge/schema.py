"""The tables of a store, and how its file is opened: what is not a store, or not of this version, is left as it is.

Next door: `store.py` reads and writes the tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from errno import ENOENT
from pathlib import Path
from urllib.parse import quote

from lotterylang.syntax.diagnostics import LotError, error

MARK = 0x4C4F544B
"""What tells a store from other SQLite files: `LOTK`, its application id."""

VERSION = 1

WAIT_S = 10.0
"""How long a writer waits for another one."""

OTHERWISE = "LOT-E0653"
"""The code of an index that is ours, but made by other means than are wanted: it may be made again."""

_AWAY = "move it away, so that the index can be made in its place; it stays as it is"

WORDS = (
    "CREATE VIRTUAL TABLE words USING fts5 (title, text, content = 'passages', content_rowid = 'id',"
    " tokenize = 'porter unicode61 remove_diacritics 2')"
)

TABLES = f"""
CREATE TABLE about (
  only INTEGER PRIMARY KEY CHECK (only = 1), model TEXT NOT NULL, dimension INTEGER NOT NULL,
  size INTEGER NOT NULL, overlap INTEGER NOT NULL,
  documents INTEGER NOT NULL, documents_sum TEXT NOT NULL, chunks INTEGER NOT NULL, vectors_sum TEXT NOT NULL
);
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
  metadata TEXT NOT NULL
);
CREATE TABLE marks (
  document INTEGER NOT NULL REFERENCES documents (id), key TEXT NOT NULL, value,
  PRIMARY KEY (document, key)
) WITHOUT ROWID;
CREATE INDEX marks_by_value ON marks (key, value);
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES documents (id), place INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, digest BLOB NOT NULL,
  UNIQUE (document, place)
);
CREATE TABLE vectors (
  chunk INTEGER PRIMARY KEY REFERENCES chunks (id), vector BLOB NOT NULL, digest BLOB NOT NULL
);
CREATE VIEW passages AS
  SELECT chunks.id AS id, documents.title AS title, chunks.text AS text
  FROM chunks JOIN documents ON documents.id = chunks.document;
{WORDS};
PRAGMA application_id = {MARK};
PRAGMA user_version = {VERSION};
"""
"""Ids of chunks are never given twice, so that a graph of them can be brought up to date by its ids alone. Of an
upright store `documents` and `chunks` in `about` are counts, and each sum adds up what identifies the rows."""


def connected(path: Path | None) -> sqlite3.Connection:
    """Open or make a store's file; None is a store in memory.

    Errors: LOT-E0653 for one of an older version, LOT-E0656 for what is not ours to change; and as `told` says them.
    """
    address = ":memory:"
    if path is not None:
        if not path.parent.is_dir():
            raise FileNotFoundError(ENOENT, f"there is no folder `{path.parent}`")
        address = f"file:{quote(str(path.absolute()))}?mode=rwc"
    connection = sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        if _is_made(connection):
            _refuse_another(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit that has returned outlives a power cut
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def told(path: Path | None) -> Iterator[None]:
    """Say what went wrong with which file. Errors: LOT-E0652."""
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise unusable(path, problem) from problem


def unusable(path: Path | None, problem: Exception) -> LotError:
    """Make the error for a file that can't be used: the system's reason, or what is damaged."""
    reason = str(getattr(problem, "strerror", None) or problem).lower()
    help = "see that its folder is there and can be written, and that no other program holds it"
    operational = isinstance(problem, sqlite3.OperationalError) and "decode" not in reason
    if isinstance(problem, sqlite3.DatabaseError) and not operational:
        return damaged(path, reason)
    return error("LOT-E0652", f"the index `{path or 'in memory'}` can't be used: {reason}", help=help)


def damaged(path: Path | None, what: str) -> LotError:
    """Make the error for a file that is not as it was written."""
    help = "build it again from its source: `lot index build … --again`; nothing in it was changed"
    return error("LOT-E0652", f"the index `{path or 'in memory'}` is damaged: {what}", help=help)


def _is_made(connection: sqlite3.Connection) -> bool:
    """Tell whether anything is in a file; where making it was cut short, nothing is."""
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    return bool(mark or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def see_ours(path: Path) -> None:
    """See that whoever removes a file removes no other program's. Errors: LOT-E0656 for one of another.

    What is so damaged that it can't be told whose it is counts as ours: it was named by us.
    """
    if not path.is_file():
        return
    try:
        connected(path).close()
    except sqlite3.Error as problem:
        if getattr(problem, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
    except LotError as problem:
        if problem.diagnostics[0].code != OTHERWISE:
            raise


def _refuse_another(connection: sqlite3.Connection, path: Path | None) -> None:
    with closing(connection.cursor()) as cursor:
        mark = cursor.execute("PRAGMA application_id").fetchone()[0]
        version = cursor.execute("PRAGMA user_version").fetchone()[0]
    if mark == MARK and version < VERSION:
        fact = f"`{path}` is an index of version {version}, and not {VERSION}"
        raise error(OTHERWISE, fact, help="build it again: `lot index build … --again`; it stays as it is")
    if (mark, version) != (MARK, VERSION):
        what = "another program's database" if mark != MARK else f"an index of version {version}"
        help = "move it away, or take a newer LotteryLang; it stays as it is" if mark == MARK else _AWAY
        raise error("LOT-E0656", f"`{path}` is {what}, and no index that can be read here", help=help)
