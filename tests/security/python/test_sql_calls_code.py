"""Functions that load code, read files, or tell where things lie."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "query",
    [
        "SELECT load_extension('x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT writefile('x', 1)",
        "SELECT fts3_tokenizer('simple')",
        "SELECT sqlite_compileoption_get(1)",
        "SELECT edit('x')",
        "SELECT zeroblob(1)",
    ],
)
def test_sql_calls_code(attack: Attack, query: str) -> None:
    attack.refused("sql", "Denied", "ToolFailed", query=query)
