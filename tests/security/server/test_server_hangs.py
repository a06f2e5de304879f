"""A server that takes the question, and never answers."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_hangs(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("hang")
    assert isinstance(reply, Failed) and reply.kind == "Timeout"
