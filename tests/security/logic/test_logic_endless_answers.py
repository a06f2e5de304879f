"""Escape, class endless answers: all of very many answers are asked for."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_ended_at_its_limit(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("{ a(1..60) }.", "a/1", mode="models", most=2**31 - 1))
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and reply.why
