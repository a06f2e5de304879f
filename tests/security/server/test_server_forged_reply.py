"""A reply to a question that nobody asked."""

from __future__ import annotations

from lotterylang.run.effects import Called


def test_server_forged_reply(attack) -> None:  # type: ignore[no-untyped-def]
    assert attack("other_id") == Called("fine")
