"""A reply that is nested deeper than any reader goes."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_nested_reply(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("nested")
    assert isinstance(reply, Failed) and reply.kind == "Timeout"
