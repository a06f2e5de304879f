"""Escape, class theory atom: a theory's atom is used."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(1) :- &sum { 1 } >= 0.", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "theory" in reply.message
