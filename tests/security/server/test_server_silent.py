"""A server that never says what it is."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_silent(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("silent")
    assert isinstance(reply, Failed) and reply.kind == "Timeout"
