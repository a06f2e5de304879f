"""Hostile size: what is deep is refused by a code, what is long is read, a refusal takes one pass over the text."""

from __future__ import annotations

import pytest

from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import Diagnostic, LotError
from lotterylang.syntax.parser import parse, parse_expression, source_of
from lotterylang.syntax.printer import print_expression, print_module
from lotterylang.syntax.rules import LEVELS, LONGEST_NUMERAL


def module(text: str) -> tree.Module:
    return parse(source_of("test.lot", text))


def expression(text: str) -> tree.Expr:
    return parse_expression(source_of("test.lot", text))


def refused(text: str) -> Diagnostic:
    with pytest.raises(LotError) as caught:
        module(text)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


BRACKETS = {
    "group": ("(", "1", ")"),
    "tuple": ("(1, ", "1", ")"),
    "list": ("[", "1", "]"),
    "map": ("{ 1: ", "1", " }"),
    "key": ("{ ", "1", ": 1 }"),
    "call": ("f(", "1", ")"),
    "named": ("f(a = ", "1", ")"),
    "spread": ("f(..", "1", ")"),
    "lambda": ("f(x => ", "1", ")"),
    "item": ("a[", "1", "]"),
    "value": ('"${', "1", '}"'),
    "long value": ('"""${', "1", '}"""'),
    "hole": ('"@{a: int where ', "1", '}"'),
    "if": ("if a { ", "1", " }"),
    "else": ("if a { } else { ", "1", " }"),
    "match": ("match x { a => ", "1", " }"),
    "subject": ("match (", "1", ") { a => 1 }"),
    "for": ("for x in xs { ", "1", " }"),
    "source": ("for x in (", "1", ") { }"),
    "fold": ("fold a = 1 for x in xs { ", "1", " }"),
    "within": ("within calls 1 { ", "1", " }"),
    "retry": ("retry 2 { ", "1", " }"),
    "try": ("try { ", "1", " } catch { }"),
    "catch": ("try { } catch { ", "1", " }"),
    "try in": ("try x in xs { ", "1", " }"),
    "negative": ("-(1 + ", "1", ")"),
    "not": ("not (a and ", "1", ")"),
    "operand": ("(1 + ", "1", ")"),
    "model": ("ASK m(a = ", "1", ') "x"'),
    "choose": ('CHOOSE "x" from (', "1", ")"),
    "call tool": ("CALL c(", "1", ")"),
    "deduce": ("DEDUCE d(", "1", ")"),
    "find": ("FIND 1 in x for (", "1", ")"),
}
TYPES = {
    "arguments": ("list<", "int", ">"),
    "tuple": ("(int, ", "int", ")"),
    "function": ("fn(", "int", ")"),
    "maybe": ("(", "int", ")?"),
    "union": ("(int | ", "int", ")"),
}


def nested(kind: tuple[str, str, str], depth: int) -> str:
    opening, middle, closing = kind
    return opening * depth + middle + closing * depth


@pytest.mark.parametrize("kind", BRACKETS.values(), ids=BRACKETS)
def test_99_brackets_of_each_kind_are_read_and_written_and_100_are_too_deep(kind: tuple[str, str, str]) -> None:
    deepest = expression(nested(kind, 99))
    written = print_expression(deepest)
    assert print_expression(expression(written)) == written
    assert refused(f"let a = {nested(kind, 100)}").code == "LOT-E0103"


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
def test_99_brackets_of_each_kind_of_type(kind: tuple[str, str, str]) -> None:
    result = " -> int" * (kind[0] == "fn(")
    opening, middle, closing = kind[0], kind[1], kind[2] + result
    deepest = module(f"type T = {nested((opening, middle, closing), 99)}")
    written = print_module(deepest)
    assert print_module(module(written)) == written
    assert refused(f"type T = {nested((opening, middle, closing), 100)}").code == "LOT-E0103"


@pytest.mark.parametrize("sign", ["(", "[", "f(", "{ 1: ", '"${', "-", "not ", "if a { ", "list<", "(a, "])
def test_300_000_brackets_or_signs_are_too_deep(sign: str) -> None:
    start = "type T = " if sign == "list<" else "let a = "
    assert refused(start + sign * 300_000).code == "LOT-E0103"


ENDLESS = {
    "signs": 'let a = "${' + "$" * 200_000,
    "signs in a text": 'let a = "' + "$" * 200_000 + "\n",
    "clingo comments": "logic f() -> a(int) {" + "%* \n" * 100_000,
    "clingo quotes": "logic f() -> a(int) {" + '"\n' * 100_000,
    "words": "let a = )" + "logic " * 100_000,
    "quotes": "let a = " + '"' * 200_001 + " x",
    "values": "let a = " + '"${' * 50 + "x" * 200_000,
    "lines": "let a = (" + "\n" * 200_000 + "}",
    "blanks": 'let a = """' + "\n        " * 50_000,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_refusal_takes_one_pass_over_the_text(text: str) -> None:
    """What looks for the end again at each character would not come back."""
    assert refused(text).code in ("LOT-E0101", "LOT-E0102")


def test_300_000_closing_brackets() -> None:
    assert refused(")" * 300_000).message == "`)` closes nothing"


def test_patterns_are_bounded_too() -> None:
    def deep(n: int) -> str:
        return f"match a {{ {'(b, ' * n}c{')' * n} => 1 }}"

    assert print_expression(expression(print_expression(expression(deep(98))))) == print_expression(
        expression(deep(98))
    )
    assert refused(f"let a = {deep(99)}").code == "LOT-E0103"


WITHOUT_BRACKETS = {
    "postfix": ("", "a", ".b"),
    "calls": ("", "a", "()"),
    "items": ("", "a", "[0]"),
    "folds": ("fold a = ", "1", " for x in xs { a }"),
    "functions": ("fn() -> ", "int", ""),
}


@pytest.mark.parametrize("kind", WITHOUT_BRACKETS.values(), ids=WITHOUT_BRACKETS)
def test_what_nests_without_brackets_is_bounded_too(kind: tuple[str, str, str]) -> None:
    def program(depth: int) -> str:
        return ("type T = " if kind[1] == "int" else "let a = ") + nested(kind, depth)

    written = print_module(module(program(LEVELS // 2)))
    assert print_module(module(written)) == written
    assert refused(program(10_000)).code == "LOT-E0103"


def test_no_tree_is_deeper_than_the_bound() -> None:
    """Operators nest within brackets: each bracket may hold nine levels, so their number alone bounds nothing."""
    ladder = ("(a or b and not 1 == 2 .. 3 + 4 * -", "1", ")")
    found = refused(f"let a = {nested(ladder, 90)}")
    assert (found.code, found.message) == ("LOT-E0103", f"more than {LEVELS} parts are nested in one another")
    depth: dict[int, int] = {}
    for node in tree.walk(expression(nested(ladder, 30))):
        depth[id(node)] = 1 + max((depth[id(part)] for part in tree.parts(node)), default=0)
    assert 200 < max(depth.values()) <= LEVELS


LONG = {
    "terms": "let a = " + " + ".join(["1"] * 10_000),
    "conditions": "let a = " + " and ".join(["b"] * 10_000),
    "comparisons": "let a = " + " < ".join(["b"] * 10_000),
    "else if": "fn f() { " + " else ".join(["if a { 1 }"] * 10_000) + " }",
    "arms": "fn f() { match x { " + ", ".join(f"a{i} => {i}" for i in range(10_000)) + " } }",
    "either": "fn f() { match x { " + " | ".join(f"a{i}" for i in range(10_000)) + " => 1 } }",
    "statements": "fn f() {\n" + "let a = 1\n" * 10_000 + "}",
    "declarations": "let a = 1\n" * 10_000,
    "items": "let a = [" + "1, " * 10_000 + "]",
    "pairs": "let a = { " + ", ".join(["1: 2"] * 10_000) + " }",
    "catches": "fn f() { try { a } " + "catch { b } " * 10_000 + "}",
    "parts": 'let a = "' + "x${y}" * 10_000 + '"',
    "lines": 'let a = """\n' + "  x ${y}\n" * 10_000 + '"""',
    "options": "type T = " + " | ".join(['"a"'] * 10_000),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_what_is_long_is_not_deep(text: str) -> None:
    whole = module(text)
    assert module(print_module(whole)) == whole


def test_a_numeral_is_bounded() -> None:
    longest = "9" * LONGEST_NUMERAL
    assert print_module(module(f"let a = {longest}")).replace("_", "") == f"let a = {longest}\n"
    half = "9" * (LONGEST_NUMERAL // 2 - 1)
    assert print_module(module(f"let a = {half}.{half}")) == f"let a = {half}.{half}\n"
    found = refused(f"let a = 9{longest}")
    assert found.code == "LOT-E0105"
    assert found.label is not None
    assert found.label.span.place == "test.lot:1:9"
