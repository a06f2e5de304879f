"""Only `LotError` leaves the parser, whatever it is given, and what it accepts is written so that it reads back.

Programs and the grammar's own examples are damaged a little: most damage is refused by a message that must itself be
well-formed, some is accepted. A text that ever broke the parser is kept in crashes/.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotterylang.syntax import table
from lotterylang.syntax.diagnostics import LotError, as_json
from lotterylang.syntax.parser import parse, read, source_of
from lotterylang.syntax.printer import print_module
from tests.properties.leaves import as_written

ROOT = Path(__file__).parent.parent.parent
CRASHES = sorted((Path(__file__).parent / "crashes").glob("*.lot"))
PROGRAMS = sorted(
    path for folder in ("tests/fuzz/seeds", "programs", "stdlib") for path in (ROOT / folder).rglob("*.lot")
)
EXAMPLES = [line[4:].replace("⏎", "\n") for line in table.grammar_text().splitlines() if line.startswith("//> ")]
PLACES = [
    "{}",
    "let a = {}",
    "fn f() {{\n{}\n}}",
    "solver f() -> int {{\n{}\n}}",
    "type A = {}",
    'example "e" {{\n{}\n}}',
]

TOKENS = re.compile(r'\w+|"""|[$@]\{|->|=>|[<>=!]=|\.\.<?|\s+|.', re.DOTALL)
SIGNS = [*"\"'\\${}@()[]<>|,.:;=+-*/%#?!&^~`_ \t\n\r\f", '"""', "${", "@{", "->", "=>", "..", "\u2028", "\u0301"]
WORDS = [
    "if",
    "else",
    "match",
    "for",
    "in",
    "fold",
    "ASK",
    "READ",
    "where",
    "fn",
    "type",
    "not",
    "user:",
    "1",
    "0.5",
    "x",
]
NOISE = st.sampled_from([*SIGNS, *WORDS, "let a = ", "fn f() "]) | st.characters(codec="utf-8")


def parses(text: str) -> bool:
    try:
        parse(source_of("base.lot", text))
    except LotError:
        return False
    return True


@cache
def bases() -> list[str]:
    """Give what is damaged: whole programs, and each example at a place where it can stand."""
    placed = (next(filter(parses, (place.format(example) for place in PLACES)), example) for example in EXAMPLES)
    return [path.read_text(encoding="utf-8") for path in PROGRAMS] + list(placed)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a text that was a program before pieces of it were deleted, doubled, swapped, or put in."""
    text = bases()[draw(st.integers(0, len(bases()) - 1))]
    for _ in range(draw(st.integers(1, 4))):
        pieces = list(text) if draw(st.booleans()) else TOKENS.findall(text)
        at, other = draw(st.integers(0, len(pieces))), draw(st.integers(0, len(pieces)))
        low, high = min(at, other), max(at, other)
        some = slice(low, min(high, low + draw(st.integers(1, 5))))
        match draw(st.sampled_from(["delete", "double", "swap", "put in", "cut"])):
            case "delete":
                del pieces[some]
            case "double":
                pieces[some] = pieces[some] * 2
            case "swap" if low < high < len(pieces):
                pieces[low], pieces[high] = pieces[high], pieces[low]
            case "put in":
                pieces.insert(at, draw(st.sampled_from(SIGNS + WORDS) | st.characters(codec="utf-8")))
            case "cut":
                del pieces[at:]
        text = "".join(pieces)
    return text


def check(text: str) -> None:
    try:
        whole = parse(source_of("fuzzed.lot", text))
    except LotError as refusal:
        for diagnostic in refusal.diagnostics:
            labels = [label for label in (diagnostic.label, *diagnostic.others) if label is not None]
            assert all(0 <= label.span.start <= label.span.end <= len(label.span.source.text) for label in labels)
            assert as_json(diagnostic)["code"].startswith("LOT-E01")
            assert diagnostic.help
            assert "\n" not in diagnostic.message + diagnostic.help
        return
    written = print_module(whole)
    assert as_written(parse(source_of("written.lot", written))) == as_written(whole), written


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_program_is_refused_or_read(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(NOISE, max_size=20).map("".join))
def test_noise_is_refused_or_read(text: str) -> None:
    check(text)


@pytest.mark.parametrize("path", CRASHES, ids=[path.stem for path in CRASHES])
def test_what_once_broke_the_parser_does_not_break_it_again(path: Path) -> None:
    check(read(path).text)


def test_most_of_what_is_damaged_was_whole() -> None:
    whole = sum(map(parses, bases()))
    assert whole > 0.75 * len(bases()) > 100
