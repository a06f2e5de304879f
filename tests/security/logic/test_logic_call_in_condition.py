"""Escape, class call in condition: a function outside is called deep inside a condition."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("b(1). out(X) :- b(X), 1 { c(Y) : Y = @f(X) } 2.", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "@f" in reply.message
