"""A reply with half a character."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_half_a_letter(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("half")
    assert isinstance(reply, Failed) and reply.kind == "Timeout"
