"""Why an atom holds: its facts and rules, each step resting on earlier ones."""

from __future__ import annotations

from typing import Any

import pytest
from deductions import clingo, deduce

from lotterylang.run.effects import Deduce, Deduced, Failed
from lotterylang.world.logic.support import Step, Why

PATHS = "{ in(X, Y) : edge(X, Y) }.\npath(X, Y) :- in(X, Y).\n"
PATHS += "path(X, Z) :- path(X, Y), path(Y, Z).\npath(X, X) :- path(X, X)."
EDGES = [("a", "b"), ("b", "c"), ("c", "a")]


def _why(effect: Deduce, name: str, *row: Any, answer: Any = None) -> Why:
    found = clingo().why(effect, (name, row), answer).result(timeout=60)
    assert isinstance(found, Why), found
    return found


def test_a_derived_atom_rests_on_rules_and_facts() -> None:
    effect = deduce(
        "rusty(X) :- made_of(X, metal),\n wet(X).", "rusty/1", made_of=[("can", "tin")], wet=["can", "nail"]
    )
    assert clingo().why(effect, ("rusty", ("nail",))).result(timeout=60).kind == "NotFound"  # type: ignore[union-attr]
    effect = deduce(
        "\nrusty(X) :- made_of(X, _), wet(X), not dry(X). dry(0).",
        "rusty/1",
        made_of=[("nut", 1), ("can", 2)],
        wet=["can"],
    )
    assert _why(effect, "rusty", "can").steps == (
        Step('made_of("can",2)', fact=("made_of", 1)),
        Step('wet("can")', fact=("wet", 0)),
        Step(
            'rusty("can")',
            line=2,
            rule="rusty(X) :- made_of(X,_); wet(X); not dry(X).",
            because=('made_of("can",2)', 'wet("can")'),
        ),
    )


@pytest.mark.parametrize("target", [("a", "b"), ("a", "c"), ("a", "a")])
def test_no_step_rests_on_itself(target: tuple[str, str]) -> None:
    known: set[str] = set()
    steps = _why(deduce(PATHS, "path/2", edge=EDGES), "path", *target).steps
    for step in steps:
        assert step.fact is not None or set(step.because) <= known
        known.add(step.atom)
    assert steps[-1].atom == 'path("{}","{}")'.format(*target) and all(s.line in (1, 2, 3) for s in steps if not s.fact)


def test_the_answer_that_was_given_is_explained() -> None:
    effect = deduce(
        "1 { tall(x); short(x) } 1. seen(x) :- tall(x).\nseen(x) :- short(x).", "tall/1", "short/1", "seen/1"
    )
    for size, line in (("tall", 1), ("short", 2)):
        answer = {"tall": [], "short": [], "seen": [("x",)], size: [("x",)]}
        assert _why(effect, "seen", "x", answer=answer).steps[-1].line == line
    reply = clingo().why(effect, ("seen", ("x",)), {"tall": [], "short": [], "seen": [("x",)]}).result(timeout=60)
    assert isinstance(reply, Failed) and reply.kind == "NotFound"


def test_disjunctions_aggregates_and_constants_are_explained() -> None:
    rules = "#const n = 2. a(n) ; b(n). :- b(n). 1 #count { X : f(X) : c(X) } 1. d(X) :- a(X), #count { Y : e(Y) } = n."
    steps = _why(deduce(rules + " c(n).", "d/1", e=[1, 2]), "d", 2).steps
    assert [step.atom for step in steps] == ["a(2)", "d(2)"]


def test_what_can_not_be_read_or_takes_too_long_has_no_reason() -> None:
    reply = clingo().why(deduce("#include 1.", "a/1"), ("a", (1,))).result(timeout=60)
    assert isinstance(reply, Failed) and reply.kind == "Rejected"
    reply = clingo().why(deduce("a(0). a(X+1) :- a(X).", "a/1"), ("a", (1,))).result(timeout=60)
    assert isinstance(reply, Deduced) and reply.outcome == "unknown"
