"""Escape, class weights past 32 bits: sums of weights run over, and the worst answer looks like the best."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_the_best_is_the_best_or_none(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    rules = "1 { a(1..5) }. #minimize { 2147483647, X : a(X) }. :- a(1). :- a(2). :- a(3). :- a(4)."
    reply = attack(deduce(rules, "a/1", mode="best"))
    assert isinstance(reply, Failed) or reply == Deduced("sat", ((("a", ((5,),)),),))
