"""Escape, class symbol that is a rule: a constant's name is a rule."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed, Symbol


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(X) :- told(X).", "out/1", told=[Symbol("a). out(evil")]))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "no name" in reply.message
