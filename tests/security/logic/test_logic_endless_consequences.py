"""Escape, class endless consequences: what all answers share is asked of a hard problem."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_ended_at_its_limit(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(
        deduce("1 { in(P, H) : H = 1..13 } 1 :- P = 1..14. :- in(P, H), in(Q, H), P < Q.", "in/2", mode="must")
    )
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and reply.why
