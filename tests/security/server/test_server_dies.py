"""A server that ends instead of answering."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_dies(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("die")
    assert isinstance(reply, Failed) and reply.kind == "ToolFailed"
