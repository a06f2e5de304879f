"""Escape, class sums past 32 bits: a sum in the rules runs over its 32 bits.

Clingo adds in 32 bits and turns over: that is its language, and what the page of DEDUCE says. What comes out is still
a whole number of 32 bits, and the process lives.
"""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_stays_within_32_bits(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(X + 1) :- told(X). out(X * X) :- told(X).", "out/1", told=[2**31 - 1]))
    assert isinstance(reply, Failed) or all(abs(n) <= 2**31 for ((_, rows),) in reply.answers for (n,) in rows)
