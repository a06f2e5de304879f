"""Make `sales.db` in the folder where this is called, of `sales.sql` beside this file."""

import sqlite3
from contextlib import closing
from pathlib import Path

TARGET = Path("sales.db")

TARGET.unlink(missing_ok=True)
with closing(sqlite3.connect(TARGET)) as database, database:
    database.executescript(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
