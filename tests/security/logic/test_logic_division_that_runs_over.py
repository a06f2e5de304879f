"""Escape, class division that runs over: the least number by -1 has no place in 32 bits, and processors stop at it."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_the_next_is_answered(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out((X - 1) / -1) :- told(X).", "out/1", told=[1 - 2**31]))
    assert isinstance(reply, Failed) or reply.outcome in ("sat", "unknown")
