"""Escape, class endless by a fact: a fact makes rules endless."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_ended_at_its_limit(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("n(X) :- from(X). n(X+1) :- n(X), from(0).", "n/1", **{"from": [0]}))
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and reply.why
