"""A text that is longer than texts may be."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_long_text(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("long")
    assert isinstance(reply, Failed) and reply.kind == "ToolFailed"
