"""A reply that fills all memory."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_huge_reply(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("huge")
    assert isinstance(reply, Failed) and reply.kind == "ToolFailed"
