"""A reply with a NUL in it."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_nul_in_a_text(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("nul")
    assert isinstance(reply, Failed) and reply.kind == "ToolFailed"
