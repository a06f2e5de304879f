"""A second statement after the first."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "query",
    ["SELECT 1; DROP TABLE sales", "SELECT 1; SELECT 2", "BEGIN; DELETE FROM sales; COMMIT", "", ";", "-- nothing"],
)
def test_sql_two_statements(attack: Attack, query: str) -> None:
    attack.refused("sql", "ToolFailed", "Denied", query=query)
