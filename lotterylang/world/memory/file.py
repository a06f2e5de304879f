"""A file of memory: SQLite with a write-ahead log. A commit that has returned outlives the process and a power cut.

Enters: the path. Leaves: cells as text, and errors that name the file. A file is made by the first write; one that is
no memory of a program, or is damaged, is left as it is. Several runs may use one file: the last write to one counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from errno import ENOENT
from pathlib import Path
from urllib.parse import quote

from lotterylang.run.cells import Cell, Change, Held
from lotterylang.syntax.diagnostics import LotError, error

MARK = 0x4C4F544D
"""What tells a file of memory from other SQLite files: `LOTM`, its application id."""

VERSION = 1

WAIT_S = 10.0
"""How long a run waits for another one that is writing."""

_TABLES = f"""
CREATE TABLE IF NOT EXISTS stores (name TEXT PRIMARY KEY, kind TEXT NOT NULL, type TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cells (
  place INTEGER PRIMARY KEY AUTOINCREMENT, store TEXT NOT NULL, key TEXT NOT NULL, value TEXT, writer TEXT NOT NULL,
  UNIQUE (store, key)
);
PRAGMA application_id = {MARK};
PRAGMA user_version = {VERSION};
"""


_FED = "CREATE TABLE IF NOT EXISTS fed (name TEXT PRIMARY KEY) WITHOUT ROWID"


class MemoryFile:
    """The stores of one file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def read(self, store: str) -> Held | None:
        """Give what is kept of a store in order; None where nothing ever was. Errors: LOT-E0641, LOT-E0642."""
        with self._telling():
            if not self._is_open():
                return None
            head = self._run("SELECT kind, type FROM stores WHERE name = ?", store).fetchone()
            if head is None:
                return None
            is_fed = store in self._fed()
            rows = self._run("SELECT key, value, writer FROM cells WHERE store = ? ORDER BY place", store)
            return Held(head[0], head[1], tuple(Cell(*row) for row in rows), is_fed)

    def write(self, changes: Sequence[Change]) -> None:
        """Keep changes in one transaction. Errors: LOT-E0641, LOT-E0642."""
        with self._telling():
            if not self._is_open():
                self._make()
            self._run("BEGIN IMMEDIATE")
            try:
                for change in changes:
                    self._write(change)
            except BaseException:
                self._run("ROLLBACK")
                raise
            self._run("COMMIT")

    def close(self) -> None:
        """Release the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, change: Change) -> None:
        store = change.store
        self._run("INSERT OR REPLACE INTO stores VALUES (?, ?, ?)", store, change.kind, change.type)
        if change.fed:
            self._run(_FED)
            self._run("INSERT OR IGNORE INTO fed VALUES (?)", store)
        if change.anew:
            self._run("DELETE FROM cells WHERE store = ?", store)
        for key in change.gone:
            self._run("DELETE FROM cells WHERE store = ? AND key = ?", store, key)
        for cell in change.cells:
            self._run(
                "INSERT INTO cells (store, key, value, writer) VALUES (?1, ?2, ?3, ?4)"
                " ON CONFLICT (store, key) DO UPDATE SET value = ?3, writer = ?4",
                *(store, cell.key, cell.value, cell.writer),
            )

    def _fed(self) -> set[str]:
        """Give the stores that may hold strangers' words; a file that has none has no table of them."""
        if not self._run("SELECT 1 FROM sqlite_master WHERE name = 'fed'").fetchone():
            return set()
        return {name for (name,) in self._run("SELECT name FROM fed")}

    def _run(self, statement: str, *values: str | None) -> sqlite3.Cursor:
        assert self._connection is not None
        return self._connection.execute(statement, values)

    def _is_open(self) -> bool:
        """Open the file if it is there; one that is empty is as good as none. Errors: LOT-E0641 without its folder."""
        path = Path(self.path)
        if not path.parent.is_dir():  # said before the run, and not when its first reply has been paid for
            raise FileNotFoundError(ENOENT, f"there is no folder `{path.parent}`")
        if self._connection is None and path.exists() and (not path.is_file() or path.stat().st_size > 0):
            connection = self._connected("rw")
            try:
                if _is_made(connection):
                    self._refuse_another(connection)
                    self._connection = connection
            finally:
                if self._connection is None:
                    connection.close()
        return self._connection is not None

    def _connected(self, mode: str) -> sqlite3.Connection:
        address = f"file:{quote(str(Path(self.path).absolute()))}?mode={mode}"
        connection = sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _refuse_another(self, connection: sqlite3.Connection) -> None:
        """Read the head and every page before anything is believed. Errors: LOT-E0642, or as SQLite says it."""
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if (mark, version) != (MARK, VERSION):
            what = "another program's database" if mark != MARK else f"memory of version {version}"
            help = "name another file; this one stays as it is"
            raise error("LOT-E0642", f"`{self.path}` is {what}, and no memory that can be read here", help=help)
        with closing(connection.execute("PRAGMA quick_check(1)")) as found:
            said = found.fetchone()[0]
        if said != "ok":
            raise sqlite3.DatabaseError(said)

    def _make(self) -> None:
        connection = self._connected("rwc")
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
            self._connection = connection
        finally:
            if self._connection is None:
                connection.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say what went wrong with which file. Errors: LOT-E0641."""
        try:
            yield
        except (sqlite3.Error, OSError) as problem:
            raise self._unusable(problem) from None

    def _unusable(self, problem: Exception) -> LotError:
        reason = str(getattr(problem, "strerror", None) or problem).lower()
        help = "see that its folder is there and can be written, and that no other program holds it"
        if isinstance(problem, sqlite3.DatabaseError) and not isinstance(problem, sqlite3.OperationalError):
            help = "it is damaged: restore it from a copy, or name another file; nothing in it was changed"
        return error("LOT-E0641", f"the memory file `{self.path}` can't be used: {reason}", help=help)


def _is_made(connection: sqlite3.Connection) -> bool:
    """Tell whether anything is in a file; where the first write was cut short, nothing is."""
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    return bool(mark or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
