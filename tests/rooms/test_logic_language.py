"""Logic as the language has it, with clingo behind the door: every mode, rules of the run, the library, a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lotterylang.check import check
from lotterylang.run.doors import Doors
from lotterylang.run.lower.operators import cases as cases_of
from lotterylang.run.runner import Outcome, Runner
from lotterylang.run.values import Case, Record, Tuple
from lotterylang.syntax import parser
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.source import Source
from lotterylang.world.logic.open import Clingo
from lotterylang.world.model.dice import Dice

ROOT = Path(__file__).parents[2]

MODES = """
logic carry(thing: list<(text, int, int)>, room: int) -> taken(text) {
  { taken(T) : thing(T, _, _) }.
  :- #sum { W, T : taken(T), thing(T, W, _) } > R, room(R).
  #maximize { V, T : taken(T), thing(T, _, V) }.
}
let things = [("map", 1, 5), ("tent", 4, 9), ("rope", 2, 3)]
fn best(room: int) -> list<text> {
  match DEDUCE best carry(things, room) { Sat as s => s.taken, Unsat => ["none"], Unknown => ["unknown"] }
}
fn could(room: int) -> list<text> {
  match DEDUCE could carry(things, room) { Sat as s => s.taken, Unsat => ["none"], Unknown => ["unknown"] }
}
fn must(room: int) -> list<text> {
  match DEDUCE must carry(things, room) { Sat as s => s.taken, Unsat => ["none"], Unknown => ["unknown"] }
}
fn ways(room: int) -> int {
  match DEDUCE models 20 carry(things, room) { Sat as s => len(s.models), Unsat | Unknown => 0 }
}
logic puzzle(rules: text, person: list<text>) -> sits(text, int) = std.logic.program(rules)
fn told(rules: text) -> list<(text, int)> {
  match DEDUCE puzzle(rules, ["Ann", "Bo"]) {
    Sat as s => s.sits
    Unsat as u => for who in u.core.person { (who, 0) }
    Unknown => []
  }
}
"""


@pytest.fixture(scope="module")
def clingo() -> Iterator[Clingo]:
    made = Clingo()
    yield made
    made.close()


def cases(program: Any) -> tuple[Case, ...]:
    """Give the cases of the enum `Wish`."""
    return tuple(cases_of("Wish", program.enums["Wish"].cases))


def _runner(program: Any, clingo: Clingo) -> Runner:
    return Runner(program, lambda model: Dice(model.name, 0), doors=Doors(logic=lambda logic: clingo))


def _run(runner: Runner, name: str, *args: Any) -> Outcome:
    return runner.run(runner.unit.codes[name], args)


def test_every_mode_is_clingos(clingo: Clingo) -> None:
    runner = _runner(check(Source("p.lot", MODES)), clingo)
    assert _run(runner, "best", 5).value == ("map", "tent")
    assert _run(runner, "could", 1).value == ("map",) and _run(runner, "could", 7).value == ("map", "rope", "tent")
    assert _run(runner, "must", 7).value == () and _run(runner, "must", -1).value == ("none",)
    assert _run(runner, "ways", 3).value == 4  # nothing, the map, the rope, both


def test_rules_of_the_run_are_rules(clingo: Clingo) -> None:
    runner = _runner(check(Source("p.lot", MODES)), clingo)
    seated = '1 { sits(P, S) : S = 1..2 } 1 :- person(P). :- sits(P, S), sits(Q, S), P < Q. :- not sits("Bo", 1).'
    assert _run(runner, "told", seated).value == (Tuple(("Ann", 2)), Tuple(("Bo", 1)))
    clash = _run(runner, "told", 'sits(P, 1) :- person(P). :- person("Bo").')
    assert clash.value == (Tuple(("Bo", 0)),)


def test_who_bounds_a_hole_by_another_one_is_told_how() -> None:
    program = """
model small = first()
logic free(taken: list<int>) -> left(int) { left(S) :- S = 1..4, not taken(S). }
fn f() -> int { (ASK small "@{x: int where it in [1, 2]} @{y: int where y in DEDUCE free([x])}").y }
"""
    with pytest.raises(LotError) as caught:
        check(Source("p.lot", program))
    (found,) = caught.value.diagnostics
    assert found.code == "LOT-E0406" and "`let first = ASK …`; then write `first.x`" in (found.help or "")


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("sits(P, S) :- persn(P).\nsits(P) :- person(P, 1).", ["line 1, column 9", "line 1, column 15", "line 2, col"]),
        ("sits(P, 1) :- person(P)", ["line 1, column 24: this can't be read"]),
        ('sits(P, "x") :- person(P).', ['derive `sits("Ann", "x")`, which is not of its types']),
        ("sits(P, f(P)) :- person(P).", ["may hold texts, ints, bools and cases only"]),
        ("seat(P) :- person(P).", ["no rule derives `sits`"]),
        ('#include "x.lp".', ["`#include` is not allowed"]),
        ('sits("a", @f()).', ["`@f(` is not allowed"]),
    ],
)
def test_all_that_is_wrong_with_rules_of_the_run_is_told(clingo: Clingo, rules: str, said: Sequence[str]) -> None:
    outcome = _run(_runner(check(Source("p.lot", MODES)), clingo), "told", rules)
    assert outcome.failure is not None and outcome.failure.kind == "Rejected"
    for part in said:
        assert part in outcome.failure.message


def _claim(who: str, what: str, so: bool = True) -> Record:
    return Record("Claim", {"who": who, "does": "is", "what": what, "so": so})


def _rule(gives: Record, *needs: Record) -> Record:
    return Record("Rule", {"needs": needs, "gives": gives})


@pytest.mark.parametrize(
    ("asked", "truth"),
    [
        (_claim("Bob", "kind"), "holds"),
        (_claim("Bob", "kind", so=False), "fails"),
        (_claim("Bob", "big"), "fails"),
        (_claim("Bob", "green"), "unknown"),
        (_claim("Eve", "kind"), "unknown"),
        (_claim("Eve", "calm"), "unknown"),  # not knowing that she is loud proves nothing
    ],
)
def test_in_an_open_world_what_does_not_follow_is_unknown(clingo: Clingo, asked: Record, truth: str) -> None:
    runner = _runner(check(parser.read(ROOT / "stdlib/logic/open_world.lot")), clingo)
    rules = (
        _rule(_claim("?", "kind"), _claim("?", "red"), _claim("?", "round")),
        _rule(_claim("?", "big", so=False), _claim("?", "kind")),
        _rule(_claim("?", "calm"), _claim("?", "loud", so=False)),
    )
    facts = (_claim("Bob", "red"), _claim("Bob", "round"), _claim("Eve", "red"))
    assert _run(runner, "verdict", facts, rules, asked).value.name == truth


def test_claims_that_contradict_each_other_are_named(clingo: Clingo) -> None:
    runner = _runner(check(parser.read(ROOT / "stdlib/logic/open_world.lot")), clingo)
    facts = (_claim("Bob", "red"), _claim("Eve", "red"), _claim("Bob", "red", so=False))
    failure = _run(runner, "verdict", facts, (), _claim("Bob", "red")).failure
    assert failure is not None and failure.kind == "Rejected"
    assert failure.message == "these contradict each other: Bob is red, Bob is not red"
    rules = (_rule(_claim("?", "red"), _claim("?", "big")), _rule(_claim("Bob", "kind")), _rule(_claim("Bob", "big")))
    rules = (*rules, _rule(_claim("Bob", "red", so=False)))
    failure = _run(runner, "verdict", (), rules, _claim("Eve", "red")).failure
    assert failure is not None and failure.message == "these contradict each other: rule 1, rule 3, rule 4"


def test_guests_are_seated_and_a_clash_is_named_by_its_sentences(clingo: Clingo) -> None:
    program = check(parser.read(ROOT / "programs/logic/seating.lot"))
    runner = _runner(program, clingo)
    beside, seat = (next(c for c in cases(program) if c.name == name) for name in ("beside", "seat"))
    story = ("Ann sits next to Bo.", "Cy is in seat 1.", "Bo is in seat 3.", "Bo is not next to Ann.")

    def told(n: int, wish: Case, *who: str, seat: int = 0, so: bool = True) -> Record:
        return Record("Told", {"n": n, "wish": wish, "so": so, "who": who, "seat": seat})

    wishes = (told(0, beside, "Ann", "Bo"), told(1, seat, "Cy", seat=1), told(2, seat, "Bo", seat=3))
    guests = ("Ann", "Bo", "Cy")
    assert _run(runner, "seated", guests, wishes, story).value == "1 Cy, 2 Ann, 3 Bo"
    clash = (wishes[0], told(3, beside, "Bo", "Ann", so=False))
    said = _run(runner, "seated", guests, clash, story).value
    assert said == "these can't all be: Ann sits next to Bo. Bo is not next to Ann."
