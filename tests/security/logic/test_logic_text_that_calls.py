"""Escape, class text that calls: a text calls a function."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_a_text_and_nothing_else(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    text = '" + @f() + "'
    reply = attack(deduce("out(X) :- told(X).", "out/1", told=[text]))
    assert reply == Deduced("sat", ((("out", ((text,),)),),))
