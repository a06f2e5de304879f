"""A reply of another form than the protocol has."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_malformed_reply(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("wrong")
    assert isinstance(reply, Failed) and reply.kind == "ToolFailed"
