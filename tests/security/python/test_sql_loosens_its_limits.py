"""A pragma that would loosen what the connection may."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "query",
    [
        "PRAGMA query_only = OFF",
        "PRAGMA writable_schema = ON",
        "PRAGMA journal_mode = DELETE",
        "SELECT * FROM pragma_database_list",
    ],
)
def test_sql_loosens_its_limits(attack: Attack, query: str) -> None:
    attack.refused("sql", "Denied", query=query)
