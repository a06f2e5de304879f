"""A view in the file that calls what a query may not."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from security_world import Attack


def test_sql_view_of_the_attacker(attack: Attack) -> None:
    with closing(sqlite3.connect(attack.folder / "sales.db")) as file, file:
        file.execute("CREATE VIEW bad AS SELECT load_extension('x') AS item")
        file.execute("CREATE VIEW worse AS SELECT * FROM pragma_database_list")
    attack.refused("sql", "Denied", "ToolFailed", query="SELECT * FROM bad")
    attack.refused("sql", "Denied", "ToolFailed", query="SELECT * FROM worse")
