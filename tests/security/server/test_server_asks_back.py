"""A server that asks for folders, for the model and for the user: each is refused."""

from __future__ import annotations

from lotterylang.run.effects import Called


def test_server_asks_back(attack) -> None:  # type: ignore[no-untyped-def]
    assert attack("asks") == Called("[true, true, true]")
