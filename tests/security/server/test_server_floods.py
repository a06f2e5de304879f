"""A server that answers with a line that never ends."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_floods(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("flood")
    assert isinstance(reply, Failed) and reply.kind in ("ToolFailed", "Timeout")
