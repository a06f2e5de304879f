"""The static bound is never below the use: of calls and of depth, for drawn programs and for those of the pages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotterylang.check import check
from lotterylang.check.bounds import Bounds, bounds
from lotterylang.run.runner import Runner
from lotterylang.syntax.parser import source_of
from lotterylang.world.model.dice import Dice

HEAD = """model small = first()
let four = [1, 2, 3, 4]
fn ask(i: int) -> int { (ASK small "Number ${i}: @{n: int where 0 <= n <= 9}").n }
fn deep(x: int) -> bool { within depth 1 { x > 2 } }
fn twice(do: fn(int) -> int, i: int) -> int { do(i) + do(i + 1) }
"""


def _forms(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    n = st.integers(0, 3)  # a state is named by the length of its body: nothing may be bound twice
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(lambda p: f"({p[0]}) + ({p[1]})"),
        pair.map(lambda p: f"(if x > 2 {{ {p[0]} }} else {{ {p[1]} }})"),
        st.tuples(n, inner).map(lambda p: f"sum(for _ in 1..{p[0]} {{ {p[1]} }})"),
        inner.map(lambda e: f"sum(for _ in take(four, 2), _ in four {{ {e} }})"),
        st.tuples(n, inner).map(lambda p: f"(fold s{len(p[1])} = 0 for _ in 1..{p[0]} {{ s{len(p[1])} + ({p[1]}) }})"),
        st.tuples(n, inner).map(lambda p: f"(try _ in 1..{p[0]} {{ {p[1]} }} catch {{ 0 }})"),
        inner.map(lambda e: f"(within calls 1_000, depth 9 {{ {e} }})"),
        st.just("sum(DIVIDE all [x, x + 1, x + 2] with ask)"),
        st.just("twice(ask, x)"),
        st.just("twice(y => ask(y) + ask(y + 1), x)"),
    )


BODIES = st.recursive(st.sampled_from(["1", "x", "ask(x)", "ask(x + 1)"]), _forms, max_leaves=6)


@settings(max_examples=60, deadline=None)
@given(BODIES, st.integers(0, 5))
def test_a_run_uses_no_more_than_the_bound(body: str, x: int) -> None:
    program = check(source_of("drawn.lot", f"{HEAD}fn run(x: int) -> int {{\n  {body}\n}}\n"))
    most = bounds(program)["run"]
    assert most.calls is not None, most.why
    runner = Runner(program, lambda declaration: Dice("first"))
    outcome = runner.run(runner.unit.codes["run"], (x,))
    assert outcome.failure is None
    assert outcome.spent["calls"] <= most.calls


def _bounds(text: str) -> Bounds:
    return bounds(check(source_of("t.lot", HEAD + text)))["f"]


@pytest.mark.parametrize(
    ("body", "calls", "depth"),
    [
        ("ask(1) + ask(2)", 2, 0),
        ("sum(for i in 1..3, j in four { ask(i + j) })", 12, 0),
        ("if ask(1) > 2 { ask(1) + ask(2) } else { ask(3) }", 3, 0),
        ("sum(DIVIDE all four with ask)", 4, 1),
        ("within depth 3 { sum(DIVIDE all four with ask) }", 4, 2),
        ("within calls 2 { sum(for i in 1..9 { ask(i) }) }", 2, 0),
        ("sum(for i in xs { ask(i) })", None, 0),
        ("within calls 7 { sum(for i in xs { ask(i) }) }", 7, 0),
        ("sum(for i in xs { i })", 0, 0),
        ("if some(xs, x => within depth 1 { x > 2 }) { 1 } else { 2 }", 0, 1),
        ("if some(xs, deep) { 1 } else { 2 }", 0, 1),
        ('len((CHOOSE small "Is ${xs}" from four by x => (within depth 1 { "no. ${x}" })).scores)', 1, 1),
        ('retry 3 as why { if why == "" { ask(1) } else { ask(2) } }', 3, 0),
    ],
)
def test_the_bound_of(body: str, calls: int | None, depth: int) -> None:
    found = _bounds(f"fn f(xs: list<int>) -> int {{ {body} }}\n")
    assert (found.calls, found.depth) == (calls, depth)
    assert (found.why is None) == (found.calls is not None)


def test_recursion_has_no_bound_but_a_budget_gives_it_one() -> None:
    text = "fn g(n: int) -> int { if n == 0 { ask(0) } else { sum(DIVIDE all [n - 1] with g) } }\n"
    assert _bounds(text + "fn f() -> int { g(3) }\n").calls is None
    found = _bounds(text + "fn f() -> int { within depth 3, calls 5 { g(3) } }\n")
    assert (found.calls, found.depth) == (5, 4)
