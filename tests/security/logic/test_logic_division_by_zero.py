"""Escape, class division by zero: the rules divide by nothing, which ends some processes."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_nothing_is_derived(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(1 / X) :- told(X). out(X \\ 0) :- told(X). out(2).", "out/1", told=[0]))
    assert reply == Deduced("sat", ((("out", ((2,),)),),))
