"""Deep, long and hostile programs: one diagnostic or none, and never another exception than `LotError`."""

from __future__ import annotations

import inspect
import sys

import pytest

from golden import assert_golden
from lotterylang.check import check
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of

BEFORE = """
model small = first()
fn id(x: int) -> int { x }
fn apply(f: fn(int) -> int) -> int { f(1) }
fn main(a: bool, n: int, xs: list<int>) {
"""
NESTED = {
    "round": ("(1 + ", ")"),
    "list": ("[", "]"),
    "call": ("id(", ")"),
    "item": ("xs[", "]"),
    "map": ("{ 1: ", "}"),
    "text": ('"${', '}"'),
    "if": ("if a { ", " } else { 1 }"),
    "for": ("for x0 in xs { ", " }"),
    "match": ("match n { 0 => { ", " }, _ => 1 }"),
    "within": ("within calls 3 { ", " }"),
    "lambda": ("apply(x0 => ", ")"),
    "fold": ("fold s0 = 1 for x0 in xs { ", " }"),
    "prompt": ('(ASK """${', '} @{n: int}""").n'),
    "tuple": ("(1, ", ")"),
    "negative": ("-(", ")"),
}


def _codes(text: str) -> list[str]:
    try:
        check(source_of("deep", text))
    except LotError as problem:
        return [d.code for d in problem.diagnostics]
    return []


@pytest.mark.parametrize("kind", NESTED)
def test_brackets_of_every_kind_may_be_nested_as_deep_as_the_parser_lets_them(kind: str) -> None:
    opener, closer = NESTED[kind]
    depth = 98 // max(1, sum(opener.count(sign) - opener.count(end) for sign, end in ("()", "[]", "{}")))
    opened = "".join(opener.replace("0", str(i)) if "x0" in opener else opener for i in range(depth))
    codes = _codes(f"{BEFORE}  {opened}1{closer * depth}\n}}\n")
    assert set(codes) <= {"LOT-E0318", "LOT-E0501"}, "a type may be too large, an ASK in a prompt is none too pure"


@pytest.mark.parametrize("operand", ["1 or 2 and not 1 < 2..3 + 4 * -(", "a == none or not a and -1 + 2 * f("])
def test_operators_nested_in_brackets_end_in_one_diagnostic(operand: str) -> None:
    assert _codes(f"let x = {operand * 97}1{')' * 97}")


def test_a_stack_that_is_nearly_full_is_said() -> None:
    def below(frames: int) -> LotError:
        if frames:
            return below(frames - 1)
        with pytest.raises(LotError) as caught:
            check(source_of("deep", f"let x = {'[' * 90}{']' * 90}"))
        return caught.value

    assert [found.code for found in below(0).diagnostics] == ["LOT-E0318"]
    said = below(sys.getrecursionlimit() - len(inspect.stack()) - 60)
    assert_golden("LOT-E0330 a stack nearly full", said)


def test_a_long_chain_of_declarations_is_no_deep_stack() -> None:
    count = 2_000
    functions = "\n".join(f"fn f{i}() {{ f{i + 1}() + c{i + 1} }}" for i in range(count))
    constants = "\n".join(f"let c{i} = c{i + 1} + 1" for i in range(count))
    aliases = "\n".join(f"type A{i} = A{i + 1}" for i in range(count))
    ends = f"fn f{count}() {{ 1 }}\nlet c{count} = 1\ntype A{count} = int where it > 0"
    text = f"{functions}\n{constants}\n{aliases}\n{ends}"
    assert _codes(text) == []


def test_types_that_grow_with_every_line_are_refused() -> None:
    deep = "\n".join(f"  let x{i + 1} = [x{i}]" for i in range(500))
    wide = "\n".join(f"  let y{i + 1} = (y{i}, y{i})" for i in range(100))
    assert set(_codes(f"fn f() {{\n  let x0 = 1\n{deep}\n}}")) == {"LOT-E0318"}
    assert set(_codes(f"fn f() {{\n  let y0 = 1\n{wide}\n}}")) == {"LOT-E0318"}


def test_a_hopeless_text_is_given_up_after_twenty_diagnostics() -> None:
    codes = _codes("\n".join(f"fn f{i}() -> int {{ missing{i} }}" for i in range(1_000)))
    assert codes == ["LOT-E0203"] * 20


def test_a_match_with_too_many_combinations_asks_for_a_wildcard() -> None:
    cases = ", ".join(f"c{i}" for i in range(12))
    arms = "\n".join(f"    ({', '.join(['_'] * i + ['E.c0'] + ['_'] * (9 - i))}) => {i}" for i in range(10))
    whole = ", ".join(["E"] * 10)
    assert _codes(f"enum E {{ {cases} }}\nfn f(x: ({whole})) -> int {{\n  match x {{\n{arms}\n  }}\n}}") == [
        "LOT-E0311"
    ]


def test_functions_passed_around_in_every_order_are_settled() -> None:
    names = [f"p{i}" for i in range(8)]
    params = ", ".join(f"{name}: fn(int) -> int" for name in names)
    turned, swapped = ", ".join(names[1:] + names[:1]), ", ".join([names[1], names[0], *names[2:]])
    body = f"if n == 0 {{ p0(n) }} else {{ f(n - 1, {turned}) + f(n - 2, {swapped}) }}"
    memory = "\n".join(f"memory m{i} : int = 0" for i in range(8))
    effects = ["READ m0 -> x", "WRITE 1 -> m1", "COPY m0 -> m1", "MOV m2 -> m3"]
    sources = "\n".join(f"fn e{i}(y: int) -> int {{\n  {effects[i % 4]}\n  y\n}}" for i in range(8))
    given = ", ".join(f"e{i}" for i in range(8))
    text = f"{memory}\n{sources}\nfn f(n: int, {params}) -> int {{ {body} }}\nfn g() -> int {{ f(3, {given}) }}"
    assert _codes(text) == []
