"""Every statement that would change the file."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO sales VALUES ('x')",
        "UPDATE sales SET item = 1",
        "DELETE FROM sales",
        "DROP TABLE sales",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "REINDEX",
        "ALTER TABLE sales RENAME TO x",
        "ANALYZE",
    ],
)
def test_sql_writes(attack: Attack, query: str) -> None:
    attack.refused("sql", "Denied", query=query)
