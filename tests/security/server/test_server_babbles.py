"""A server that writes without an end before it is asked."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_babbles(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("babble")
    assert isinstance(reply, Failed) and reply.kind in ("ToolFailed", "Timeout")
