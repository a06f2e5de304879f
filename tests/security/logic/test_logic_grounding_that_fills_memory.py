"""Escape, class grounding that fills memory: a product of facts fills the memory."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_ended_at_its_limit(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("p(1..2000). q(X, Y, Z) :- p(X), p(Y), p(Z).", "q/3"))
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and reply.why
