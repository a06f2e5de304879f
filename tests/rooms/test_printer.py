"""The canonical text: what is written so, is written so again. That it reads back is the law of tests/properties/."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotterylang.syntax import tree
from lotterylang.syntax.layout import BREAK, LINE, Break, Group, Nest, cat, join, layout
from lotterylang.syntax.parser import parse, parse_expression, read, source_of
from lotterylang.syntax.print_texts import literal
from lotterylang.syntax.printer import print_expression, print_module

SEEDS = sorted((Path(__file__).parent.parent / "fuzz" / "seeds").glob("*.lot"))


def again(text: str) -> str:
    return print_expression(parse_expression(source_of("test.lot", text)))


@pytest.mark.parametrize("text", ["\t\u0307", "\n\u0303", "\t\u0307\u0323", "a\u0307", "\u1e6b"])
def test_a_mark_after_an_escape_does_not_join_its_letter(text: str) -> None:
    written = again("".join(['"', *(f"\\u{{{ord(c):x}}}" for c in text), '"']))
    read_back = parse_expression(source_of("test.lot", written))
    assert isinstance(read_back, tree.Text)
    assert [part.text for part in read_back.parts if isinstance(part, tree.Piece)] == [text]


BRACKETS = [
    ("((a))", "a"),
    ("(a or b) and c", "(a or b) and c"),
    ("a or (b and c)", "a or b and c"),
    ("not (a == b)", "not a == b"),
    ("(not a) == b", "(not a) == b"),
    ("(a < b) < c", "(a < b) < c"),
    ("(1 + 2) * 3", "(1 + 2) * 3"),
    ("1 + (2 * 3)", "1 + 2 * 3"),
    ("(1 + 2) + 3", "(1 + 2) + 3"),
    ("-(a.b)", "-a.b"),
    ("(-a).b", "(-a).b"),
    ("(-3).b", "(-3).b"),
    ("(1..2).b", "(1..2).b"),
    ("(1 + 2)..(3)", "1 + 2..3"),
    ("[(1, 2), (3)]", "[(1, 2), 3]"),
    ("1 + (if a { 1 } else { 2 })", "1 + (if a { 1 } else { 2 })"),
    ("[if a { 1 } else { 2 }]", "[if a { 1 } else { 2 }]"),
    ('f((ASK m "x"))', 'f(ASK m "x")'),
    ('(ASK m "x").y', '(ASK m "x").y'),
    ("match (CALL f(x)) { _ => (1) }", "match CALL f(x) {\n  _ => 1\n}"),
    ("match (if a { b }) { _ => 1 }", "match (if a { b }) {\n  _ => 1\n}"),
    ("CALL (f)(x)", "CALL f(x)"),
    ("CALL (if a { f })", "CALL (if a { f })"),
    ("FIND (1 or 2) in (a + b) for (not c)", "FIND (1 or 2) in (a + b) for not c"),
    ("endorse x as (int | text)", "endorse x as int | text"),
    ("endorse x as (int | text)?", "endorse x as (int | text)?"),
    ("endorse x as (int?)?", "endorse x as (int?)?"),
    ("endorse x as fn() -> (int?)", "endorse x as fn() -> (int?)"),
    ("endorse x as (fn() -> int)?", "endorse x as fn() -> int?"),
    ('CHOOSE "x" from xs by m => (if a { b })', 'CHOOSE "x" from xs by m => (if a { b })'),
    ("f(x => (if a { b }))", "f(x => if a { b })"),
]


@pytest.mark.parametrize(("text", "written"), BRACKETS)
def test_brackets_stand_only_where_the_grammar_needs_them(text: str, written: str) -> None:
    assert again(text) == written


NUMBERS = [
    ("8_000", "8000"),
    ("12345", "12_345"),
    ("0.50", "0.5"),
    ("2.0", "2.0"),
    ("1234567.5", "1234567.5"),
    ("-0.25", "-0.25"),
]


@pytest.mark.parametrize(("text", "written"), NUMBERS)
def test_numbers(text: str, written: str) -> None:
    assert again(text) == written


A, B, C = "a" * 40, "b" * 40, "c" * 40
WIDE = [
    f"f(\n  {A},\n  {B},\n  {C}\n)",
    f"[\n  {A},\n  ..{B},\n  {C}\n]",
    f'{{\n  "a": {A}\n  b: {B}\n  "c": {C}\n}}',
    f"{A} +\n  {B} -\n  {C}",
    f"{A} +\n  {B} * 2 -\n  {C}",
    f"{A} and\n  not {B} and\n  {C}",
    f"{A} in\n  {B} ==\n  {C}",
    f"if {A} {{\n  {B}\n}} else if x {{\n  {C}\n}} else {{\n  none\n}}",
    "map(xs, x => {\n  let a = 1\n  a + x\n})",
    "map(\n  x => {\n    let a = 1\n    a + x\n  },\n  xs\n)",
    f"f(\n  g({A}, {B}) +\n    1,\n  {C}\n)".replace(" +\n    1", " + 1"),
    f"({A}).{B}(\n  {C}\n)".replace("(" + A + ")", A),
    f"match x {{\n  {A} |\n    {B} |\n    {C} => 1\n}}",
    f"x => {{ {A} }}".replace("x => ", "f(y => ") + ")",
    'ASK small """\n  user: hi\n  assistant: @{x: text}\n  """',
    f'f(\n  "{A}{B}{C}"\n)',
    f'"{A}{B}{C}${{f(a, b)}}"',
]


@pytest.mark.parametrize("text", WIDE)
def test_lines_break_where_a_reader_would_break_them(text: str) -> None:
    assert again(text) == text


def test_a_module() -> None:
    text = """import std.vote
import "plan.lot" as plan

model small = onnx("x")
memory seen: list<text> = []

let limit = 3
let other = 4

fn f() -> int { 1 }

fn g() {
  next:
    READ seen -> s
    JUMP next if s == []
  done:
    s
}
"""
    assert print_module(parse(source_of("test.lot", text))) == text
    assert print_module(parse(source_of("test.lot", ""))) == ""


@pytest.mark.parametrize("path", SEEDS, ids=[path.stem for path in SEEDS])
def test_a_program_reads_back_and_stays_within_100_columns(path: Path) -> None:
    whole = parse(read(path))
    written = print_module(whole)
    assert parse(source_of("test.lot", written)) == whole
    assert max(map(len, written.splitlines())) <= 100


def test_logic_stays_as_it_was_written() -> None:
    text = "logic f(a: int) -> b(int) {\n    b(X) :- a(X).  % why\n\n  }\n"
    assert print_module(parse(source_of("test.lot", f"\n  {text}"))) == text


def test_a_name_that_is_a_word_where_it_begins_a_statement_stands_in_brackets() -> None:
    text = 'example "e" {\n  (given)\n  (expect(1))\n  given m replies { "a" => (fails) at 0.5 then fails Empty }\n}\n'
    whole = parse(source_of("test.lot", text))
    assert print_module(whole) == text
    assert [type(s) for s in whole.declarations[0].body][:2] == [tree.Name, tree.Call]  # type: ignore[union-attr]


# the layout itself


def test_a_group_is_flat_if_all_up_to_the_next_break_fits() -> None:
    group = Group(cat("[", Nest(cat(LINE, "aaaa", LINE, "bbbb")), LINE, "]"))
    assert layout(group, 15) == "[ aaaa bbbb ]"
    assert layout(group, 12) == "[\n  aaaa\n  bbbb\n]"
    assert layout(cat(group, "ccc"), 15) == "[\n  aaaa\n  bbbb\n]ccc"
    assert layout(cat(group, BREAK, "cccccccc"), 15) == "[ aaaa bbbb ]\ncccccccc"


def test_a_group_with_a_break_in_it_is_broken() -> None:
    assert layout(Group(cat("a", LINE, Group(cat("b", LINE, "c", BREAK, "d"))))) == "a\nb\nc\nd"


def test_an_unindented_break_begins_in_the_first_column() -> None:
    assert layout(Nest(cat("a", BREAK, "b", Break(indented=False), "c"))) == "a\n  b\nc"


def test_a_document_may_be_deep() -> None:
    doc = cat("x")
    for _ in range(20_000):
        doc = Group(Nest(cat(doc)))
    assert layout(doc) == "x"
    assert layout(join(LINE, ["x"] * 50_000)).count("\n") == 49_999


@pytest.mark.parametrize("text", ["\U0002f800${", "\U0002f800$", "\u212be\u0301", "e\u0301${", "\U0002f800e\u0301@{"])
def test_what_follows_a_character_that_is_not_normal_reads_back(text: str) -> None:
    module = parse(source_of("test.lot", f"import {literal(text)}"))
    (node,) = module.declarations
    assert isinstance(node, tree.Import)
    assert node.file == text
