"""A recursion without end is ended; SQLite can still be asked."""

from __future__ import annotations

from security_world import Attack


def test_sql_endless_query(attack: Attack) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    said = attack.refused("sql", "Timeout", query=endless)
    assert said.startswith("the query")  # SQLite ended it itself, so its process lives
