"""A number that is none."""

from __future__ import annotations

from lotterylang.run.effects import Failed


def test_server_number_that_is_none(attack) -> None:  # type: ignore[no-untyped-def]
    reply = attack("number")
    assert isinstance(reply, Failed) and reply.kind == "ToolFailed"
