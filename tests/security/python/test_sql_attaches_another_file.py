"""Another file is attached, made or copied to."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize("query", ["ATTACH 'OTHER' AS o", "VACUUM INTO 'out/copy.db'", "VACUUM", "DETACH main"])
def test_sql_attaches_another_file(attack: Attack, query: str) -> None:
    attack.refused(
        "sql", "Denied", "ToolFailed", query=query.replace("OTHER", str(attack.folder / "outside" / "other.db"))
    )
