"""Rows, texts and depths without end."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n",
        "SELECT replace(printf('%900000d', 1), ' ', 'aaaaaaaaaa')",
        "SELECT " + "(" * 500 + "1" + ")" * 500,
        "SELECT '" + "a" * 50_000 + "'",
    ],
)
def test_sql_endless_answer(attack: Attack, query: str) -> None:
    attack.refused("sql", "ToolFailed", "Denied", query=query)
