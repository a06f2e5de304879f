"""Lines between the messages that are none."""

from __future__ import annotations

from lotterylang.run.effects import Called


def test_server_garbage(attack) -> None:  # type: ignore[no-untyped-def]
    assert attack("garbage") == Called("fine")
