"""Diagnostics, whole: each case under tests/messages/{syntax,check}/ is a broken program and what is said of it.

The folder is the room that refuses the program; the parser stops at the first error, the checker tells all.
A case is `=== title`, the program, `---` and the diagnostics. New and changed ones are accepted by
`LOT_ACCEPT=1 pytest tests/rooms/test_diagnostics.py`; read the difference before you commit it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from lotterylang import syntax
from lotterylang.check import check
from lotterylang.syntax.codes import CODES
from lotterylang.syntax.diagnostics import WIDEST_LINE, Diagnostic, Label, LotError, as_json, as_text, error
from lotterylang.syntax.parser import parse, source_of
from lotterylang.syntax.source import Source, Span

MESSAGES = Path(__file__).parent.parent / "messages"
ROOMS = {"syntax": parse, "check": check}
CASE = re.compile(r"^=== (?P<title>.*)\n(?P<program>(?s:.*?))\n---\n(?P<said>(?s:.*?))\n*(?=^===|\Z)", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """A broken program, the room that refuses it, and the words."""

    room: str
    title: str
    program: str
    said: str


def said_of(room: str, program: str) -> LotError:
    with pytest.raises(LotError) as caught:
        ROOMS[room](source_of("broken.lot", program))
    return caught.value


def accepted(room: str, text: str) -> str:
    """Write what is said now into the text of a file of cases."""
    new = CASE.sub(lambda c: f"=== {c['title']}\n{c['program']}\n---\n{said_of(room, c['program'])}\n\n", text)
    return new.rstrip("\n") + "\n"


def cases() -> list[Case]:
    found = []
    for path in sorted(path for room in ROOMS for path in (MESSAGES / room).glob("*.txt")):
        room, text = path.parent.name, path.read_text(encoding="utf-8")
        if os.environ.get("LOT_ACCEPT"):
            text = accepted(room, text)
            path.write_text(text, encoding="utf-8")
        found += [Case(room, f"{path.stem}: {c['title']}", c["program"], c["said"]) for c in CASE.finditer(text)]
    return found


CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_broken_program_is_refused_in_these_words(case: Case) -> None:
    assert str(said_of(case.room, case.program)) == case.said


def test_no_case_is_overlooked() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for room in ROOMS for path in (MESSAGES / room).glob("*.txt"))
    assert len(CASES) == len(re.findall("^=== ", text, re.MULTILINE)) > 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_messages_keep_the_house_style(case: Case) -> None:
    diagnostics = said_of(case.room, case.program).diagnostics
    assert len(diagnostics) == 1 or case.room == "check"
    for each in diagnostics:
        assert_in_house_style(each)


def assert_in_house_style(diagnostic: Diagnostic) -> None:
    assert diagnostic.help is not None
    labels = [label.text for label in (diagnostic.label, *diagnostic.others) if label is not None]
    for text in (diagnostic.message, diagnostic.help, *labels):
        if text is not None:
            assert "\n" not in text
            assert not text.endswith(".")
            assert not text[0].isupper() or text.split()[0].isupper()  # an instruction, as in `JUMP does not leave …`
            assert text.count("`") % 2 == 0


def test_each_code_is_given_somewhere_and_explained() -> None:
    room = Path(syntax.__file__).parent
    given = {
        c for path in room.glob("*.py") if path.stem != "codes" for c in re.findall(r'"(LOT-E\d+)"', path.read_text())
    }
    assert given == CODES.keys()
    assert all(code.startswith("LOT-E01") and text.endswith(".") for code, text in CODES.items())


SOURCE = Source("a.lot", "let tally = count(votes)\n\nlet most = taly\nlet wide = 日本 + x\n")


def span(text: str) -> Span:
    start = SOURCE.text.index(text)
    return Span(SOURCE, start, start + len(text))


def test_a_diagnostic_shows_its_places_in_the_order_of_the_source() -> None:
    others = (Label(span("tally"), "a close name is defined here"),)
    text = as_text(
        Diagnostic("LOT-E0203", "`taly` is not defined", Label(span("taly"), "not found"), others, "write `tally`")
    )
    assert text.splitlines() == [
        "error[LOT-E0203]: `taly` is not defined",
        " --> a.lot:3:12",
        "  |",
        "1 | let tally = count(votes)",
        "  |     ----- a close name is defined here",
        "3 | let most = taly",
        "  |            ^^^^ not found",
        "  |",
        "help: write `tally`",
    ]


def test_two_labels_of_one_line_share_it() -> None:
    others = (Label(span("count"), "called here"),)
    lines = as_text(Diagnostic("LOT-E0001", "m", Label(span("tally"), "bound here"), others)).splitlines()
    assert lines[3:6] == [
        "1 | let tally = count(votes)",
        "  |     ^^^^^ bound here",
        "  |             ----- called here",
    ]


def test_a_label_of_another_file_is_named_below() -> None:
    other = Source("b.lot", "fn vote() {}")
    lines = as_text(Diagnostic("LOT-E0001", "m", Label(span("taly"), "here"), (Label(Span(other, 3, 7), "there"),)))
    assert lines.splitlines()[-1] == "  = b.lot:1:4: there"


def test_carets_stand_below_letters_that_take_two_columns() -> None:
    lines = as_text(Diagnostic("LOT-E0001", "m", Label(span("x"), "here"))).splitlines()
    assert lines[4] == "  | " + " " * len("let wide = xxxx + ") + "^ here"
    lines = as_text(Diagnostic("LOT-E0001", "m", Label(span("日本"), "here"))).splitlines()
    assert lines[4] == "  | " + " " * len("let wide = ") + "^^^^ here"


def test_a_long_line_is_cut_around_the_caret() -> None:
    source = Source("a.lot", "x" * 5_000 + "!" + "y" * 5_000)
    _, _, _, quoted, carets, _ = as_text(
        Diagnostic("LOT-E0001", "m", Label(Span(source, 5_000, 5_001), ""))
    ).splitlines()
    assert len(quoted) == WIDEST_LINE + len("1 | ")
    assert quoted[carets.index("^")] == "!"


def test_control_characters_never_reach_the_terminal() -> None:
    source = Source("a.lot", "let a\t= \x1b[31m")
    assert "\x1b" not in as_text(Diagnostic("LOT-E0001", "m", Label(Span(source, 6, 7), "")))
    assert "\t" not in as_text(Diagnostic("LOT-E0001", "m", Label(Span(source, 6, 7), "")))


def test_as_json_counts_from_one() -> None:
    data = as_json(Diagnostic("LOT-E0203", "m", Label(span("taly"), "here"), (Label(span("tally"), "there"),), "h"))
    first = {"file": "a.lot", "line": 3, "column": 12, "end_line": 3, "end_column": 16, "text": "here"}
    second = {"file": "a.lot", "line": 1, "column": 5, "end_line": 1, "end_column": 10, "text": "there"}
    assert data == {"code": "LOT-E0203", "message": "m", "help": "h", "labels": [first, second]}


def test_an_error_without_a_source_is_its_message_and_help() -> None:
    assert str(error("LOT-E0106", "there is no file `x`", help="check the path")).splitlines() == [
        "error[LOT-E0106]: there is no file `x`",
        "help: check the path",
    ]


def test_several_diagnostics_are_one_error() -> None:
    raised = LotError(Diagnostic("LOT-E0001", "one"), Diagnostic("LOT-E0002", "two"))
    assert str(raised) == "error[LOT-E0001]: one\n\nerror[LOT-E0002]: two"
