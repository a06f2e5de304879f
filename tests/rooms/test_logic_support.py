"""Why an atom holds: its facts and rules, each step resting on earlier ones."""

from __future__ import annotations

from typing import Any

import pytest
from deductions import clingo, deduce

from lotterylang.run.effects import Deduce, Deduced, Failed, Row, Symbol
from lotterylang.world.logic.atoms import atom
from lotterylang.world.logic.support import Step, Why

PATHS = "{ in(X, Y) : edge(X, Y) }.\npath(X, Y) :- in(X, Y).\n"
PATHS += "path(X, Z) :- path(X, Y), path(Y, Z).\npath(X, X) :- path(X, X)."
EDGES = [("a", "b"), ("b", "c"), ("c", "a")]


@pytest.mark.parametrize(
    ("row", "written"),
    [(("x",), 'p("x")'), ((1, Symbol("red")), "p(1, red)"), (('say "tea"',), 'p("say \\"tea\\"")'), ((), "p")],
)
def test_an_atom_is_written_as_rules_do(row: Row, written: str) -> None:
    assert atom("p", row) == written


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
        Step('not dry("can")', told="nothing gives it"),
        Step(
            'rusty("can")',
            line=2,
            rule="rusty(X) :- made_of(X,_); wet(X); not dry(X).",
            because=('made_of("can",2)', 'wet("can")', 'not dry("can")'),
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
    assert [step.atom for step in steps] == ["a(2)", "n = #count { Y: e(Y) }", "d(2)"]


def _beside(rules: str, *row: Any, name: str = "x", **facts: Any) -> dict[str, str]:
    """Give what the rule of an atom looked at beside atoms that hold, and why it is so."""
    steps = _why(deduce(rules, f"{name}/{len(row)}", **facts), name, *row).steps
    return {step.atom: step.told for step in steps if step.fact is None and not step.line}


@pytest.mark.parametrize(
    ("rules", "beside"),
    [
        ("x(1) :- not a(1).", {"not a(1)": "nothing gives it"}),
        ("x(X) :- f(X), not a(X, _).", {"not a(1,_)": "nothing gives it"}),
        ("{ a(1, 2) }. :- a(1, 2). x(X) :- f(X), not a(X, _).", {"not a(1,_)": "it is not in this answer"}),
        ("{ a(2, 2) }. :- a(2, 2). x(X) :- f(X), not a(X, _).", {"not a(1,_)": "nothing gives it"}),
        ("{ a(1) } . :- a(1). x(1) :- not a(1).", {"not a(1)": "it is not in this answer"}),
        ("{ a(1) } . :- not a(1). x(1) :- not not a(1).", {"not not a(1)": "it is in this answer"}),
        ("-a(2). x(1) :- not -a(1).", {"not -a(1)": "nothing gives it"}),
        ("a(3). x(X) :- f(X), not a(X+1).", {"not a(2)": "nothing gives it"}),
        ("a(1). x(1) :- not a(1..2).", {"not a(2)": "nothing gives it"}),
    ],
)
def test_what_is_denied_is_said(rules: str, beside: dict[str, str]) -> None:
    assert _beside("#defined a/1. #defined a/2. " + rules, 1, f=[1, 2]) == beside


@pytest.mark.parametrize(
    ("rules", "beside"),
    [
        ("x(N) :- N = #count { X : f(X), X > 1 }.", {"2 = #count { X: f(X), X > 1 }": "of 2; 3"}),
        ("x(2) :- f(X), X > 2, #sum { Y, a : f(Y), Y < X } = X.", {"3 = #sum { Y,a: f(Y), Y < 3 }": "of 1,a; 2,a"}),
        ("x(2) :- not 9 #count { X : f(X) }.", {"not 9 <= #count { X: f(X) }": "of 1; 2; 3"}),
        ("x(2) :- 1 { f(X) : X > 1 } 2.", {"1 <= { f(X): X > 1 } <= 2": "of f(2); f(3)"}),
        ("x(2) :- f(Y) : f(X), Y = X + 1, X < 3.", {"f(Y): f(X), Y = (X+1), X < 3": "of f(2); f(3)"}),
        ("x(2) :- not f(X) : X = 7..8.", {"not f(X): X = (7..8)": "of not f(7); not f(8)"}),
        ("x(2) :- f(X) : f(X), X > 7.", {"f(X): f(X), X > 7": "of nothing"}),
        ("x(2) :- #count { Y : f(Y) } > X, f(X), X > 1.", {"2 < #count { Y: f(Y) }": "of 1; 2; 3"}),
        ("1 { x(X) : f(X), X = 2 } 1 :- #count { X : f(X) } = 3.", {"3 = #count { X: f(X) }": "of 1; 2; 3"}),
    ],
)
def test_what_is_counted_is_named(rules: str, beside: dict[str, str]) -> None:
    assert _beside(rules, 2, f=[1, 2, 3]) == beside


def test_many_that_are_counted_are_not_all_named() -> None:
    told = _beside("x(1) :- 1 { f(X) }.", 1, f=list(range(30)))
    assert list(told.values()) == ["of f(0); f(1); f(2); f(3); f(4); f(5); f(6); f(7); 22 more"]


def test_what_is_chosen_is_said_and_what_follows_is_not() -> None:
    steps = _why(deduce("{ a ; b }. a :- b. c :- a, b. b :- not d. #defined d/0.", "c/0"), "c").steps
    assert [(step.atom, step.told) for step in steps if step.line] == [("b", ""), ("a", ""), ("c", "")]
    steps = _why(deduce("1 { a(X) : f(X) } 1. b(X) :- a(X). :- b(1).", "b/1", f=[1, 2]), "b", 2).steps
    assert [(step.atom, step.told) for step in steps if step.line] == [("a(2)", "chosen"), ("b(2)", "")]


def test_what_can_not_be_read_or_takes_too_long_has_no_reason() -> None:
    reply = clingo().why(deduce("#include 1.", "a/1"), ("a", (1,))).result(timeout=60)
    assert isinstance(reply, Failed) and reply.kind == "Rejected"
    reply = clingo().why(deduce("a(0). a(X+1) :- a(X).", "a/1"), ("a", (1,))).result(timeout=60)
    assert isinstance(reply, Deduced) and reply.outcome == "unknown"
