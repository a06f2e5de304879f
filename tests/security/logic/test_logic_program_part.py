"""Escape, class program part: rules hide in a part that is grounded later."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("#program step(t). out(t).", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "#program" in reply.message
