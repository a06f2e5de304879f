"""Escape, class endless terms: terms grow without end."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_ended_at_its_limit(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("n(a). n(f(X)) :- n(X).", "n/1"))
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and reply.why
