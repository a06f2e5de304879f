"""Escape, class nul in fact: a fact holds NUL, which would end it early: another fact then."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(X) :- told(X).", "out/1", told=["a\0b"]))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "character" in reply.message
