"""Arguments from outside: the fields of their records keep the promises of the type, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from lotterylang.check import check
from lotterylang.run.runner import Runner
from lotterylang.run.values import Record, Tuple, Value
from lotterylang.syntax.parser import source_of

PROGRAM = """
type Size = int where it < 100
type A { x: int where x > 0, y: Size }
type B { a: A? }
fn one(a: A) -> int { a.x }
fn some(xs: list<A>) -> int { len(xs) }
fn named(m: map<text, B>) -> int { len(m) }
fn pair(p: (int, A)) -> int { let (n, a) = p
  n }
fn inside(n: int) -> int { one(A(x = n, y = 1)) }
"""


def a(x: int, y: int = 1) -> Record:
    return Record("A", {"x": x, "y": y})


def run(name: str, argument: Value) -> Any:
    runner = Runner(check(source_of("outside", PROGRAM)), lambda declaration: pytest.fail("no model is asked"))
    return runner.run(runner.unit.codes[name], (argument,))


@pytest.mark.parametrize(
    ("name", "argument", "broken"),
    [
        ("one", a(0), "`A.x`"),
        ("one", a(1, 100), "`A.y`"),
        ("some", (a(1), a(-1)), "`A.x`"),
        ("named", {"k": Record("B", {"a": a(0)})}, "`A.x`"),
        ("pair", Tuple((1, a(1, 200))), "`A.y`"),
        ("inside", 0, "`A.x`"),
    ],
)
def test_a_field_that_breaks_its_promise_is_rejected(name: str, argument: Value, broken: str) -> None:
    failure = run(name, argument).failure
    assert failure is not None
    assert failure.kind == "Rejected"
    assert failure.message.startswith(broken)


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        ("one", a(3), 3),
        ("some", (a(1), a(2)), 2),
        ("named", {"k": Record("B", {"a": None})}, 1),
        ("pair", Tuple((7, a(1))), 7),
        ("inside", 2, 2),
    ],
)
def test_what_keeps_its_promises_runs(name: str, argument: Value, value: Value) -> None:
    outcome = run(name, argument)
    assert (outcome.failure, outcome.value) == (None, value)
