"""Choices bounded by answer sets: no model names a value that no answer set has."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from random import Random

import pytest

from lotterylang.check import check
from lotterylang.run.doors import Doors
from lotterylang.run.runner import Runner
from lotterylang.run.values import Tuple
from lotterylang.syntax.source import Source
from lotterylang.world.logic.open import Clingo
from lotterylang.world.model.dice import Dice

TRIES = 1_000
GUESTS = ("Ann", "Bo", "Cy", "Di")

PROGRAM = """
model small = onnx("smollm2-135m-instruct")
logic seats(guest: list<text>, near: list<(text, text)>, taken: list<(text, int)>) -> seat(int), sits(text, int) {
  1 { sits(P, S) : S = 1..4 } 1 :- guest(P).
  :- sits(P, S), sits(Q, S), P < Q.
  :- near(P, Q), sits(P, S), sits(Q, T), |S - T| != 1.
  :- taken(P, S), not sits(P, S).
  seat(S) :- sits("Ann", S).
}
fn asked(guests: list<text>, near: list<(text, text)>, taken: list<(text, int)>) -> int {
  (ASK small "Ann sits at @{seat: int where seat in DEDUCE seats(guests, near, taken).seat}").seat
}
fn chosen(guests: list<text>, near: list<(text, text)>, taken: list<(text, int)>) -> int {
  (CHOOSE small "Ann sits at" from DEDUCE could seats(guests, near, taken).seat).value
}
"""


@pytest.fixture(scope="module")
def clingo() -> Iterator[Clingo]:
    made = Clingo()
    yield made
    made.close()


def _possible(near: list[tuple[str, str]], taken: list[tuple[str, int]]) -> set[int]:
    """Try every way to seat the guests."""
    found = set()
    for places in permutations(range(1, 5)):
        sits = dict(zip(GUESTS, places, strict=True))
        if all(abs(sits[p] - sits[q]) == 1 for p, q in near) and all(sits[p] == s for p, s in taken):
            found.add(sits["Ann"])
    return found


def test_no_model_names_an_impossible_value(clingo: Clingo) -> None:
    dice, program = Random(7), check(Source("p.lot", PROGRAM))
    runner = Runner(program, lambda model: Dice(model.name, 3), doors=Doors(logic=lambda logic: clingo))
    named: set[int] = set()
    impossible = 0
    for number in range(TRIES):
        near = [tuple(dice.sample(GUESTS, 2)) for _ in range(dice.randint(0, 2))]
        taken = [(dice.choice(GUESTS), dice.randint(1, 4)) for _ in range(dice.randint(0, 2))]
        args = (GUESTS, tuple(map(Tuple, near)), tuple(map(Tuple, taken)))
        outcome = runner.run(runner.unit.codes["asked" if number % 2 else "chosen"], args)
        possible = _possible(near, taken)  # type: ignore[arg-type]
        if possible:
            assert outcome.failure is None and outcome.value in possible
            named.add(outcome.value)
        else:
            assert outcome.failure is not None and outcome.failure.kind == "Impossible"
            impossible += 1
    assert named == {1, 2, 3, 4} and 50 < impossible < TRIES - 500
