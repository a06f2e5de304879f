"""A server that sends messages without an end, and no reply."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_notifies(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("notify")
    assert isinstance(reply, Failed) and reply.kind == "Timeout"
