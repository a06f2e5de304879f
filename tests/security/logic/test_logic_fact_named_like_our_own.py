"""Escape, class fact named like our own: a predicate has the name that reasons are told under."""

from __future__ import annotations

from deductions import deduce

from lotterylang.world.logic.open import Clingo
from lotterylang.world.logic.support import Why


def test_the_reason_is_the_right_one(logic: Clingo) -> None:
    effect = deduce("lot_why(1, a, b). out(X) :- told(X), lot_why(X, _, _).", "out/1", told=[1])
    found = logic.why(effect, ("out", (1,))).result(timeout=60)
    assert isinstance(found, Why)
    assert [step.atom for step in found.steps] == ["told(1)", "lot_why(1,a,b)", "out(1)"]
