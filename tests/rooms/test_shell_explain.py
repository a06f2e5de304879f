"""`lot explain`: every code that can be given has an entry, and its program is refused with just that code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from command import lot
from lotterylang.check import check
from lotterylang.shell import explain
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of

ROOT = Path(__file__).parents[2]
PROGRAMS = explain.programs()


def test_every_code_that_is_given_anywhere_has_an_entry() -> None:
    sources = (ROOT / "lotterylang").rglob("*.py")
    given = {code for path in sources for code in re.findall(r'"(LOT-E\d{4})"', path.read_text(encoding="utf-8"))}
    assert sorted(given - explain.MEANINGS.keys()) == [], "put it into the table of its room: `codes.py`"


def test_every_code_has_a_program_or_a_mend() -> None:
    missing = explain.MEANINGS.keys() - PROGRAMS.keys() - explain.WITHOUT_PROGRAM.keys()
    assert sorted(missing) == [], "put the shortest program that is refused with it into explanations.txt"
    assert sorted(PROGRAMS.keys() - explain.MEANINGS.keys()) == []


@pytest.mark.parametrize("code", PROGRAMS)
def test_the_program_of_a_code_is_refused_with_that_code_and_with_help(code: str) -> None:
    with pytest.raises(LotError) as caught:
        check(source_of("example.lot", PROGRAMS[code]))
    assert {found.code for found in caught.value.diagnostics} == {code}
    assert explain.explained(code).mend


def test_the_page_of_errors_says_the_same() -> None:
    page = (ROOT / "docs" / "spec" / "errors.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(LOT-E\d{4})` \| (.*) \|$", page, re.MULTILINE))
    assert sorted(rows) == sorted(explain.MEANINGS)


@pytest.mark.parametrize("written", ["LOT-E0203", "lot-e0203", "E0203", "203"])
def test_a_code_is_explained_however_it_is_written(written: str) -> None:
    printed = lot("explain", written)
    assert printed.status == 0
    assert printed.out.startswith("LOT-E0203: A name of a value or function is not defined where it is used.\n")
    assert "    error[LOT-E0203]: `taly` is not defined" in printed.out
    assert printed.out.endswith("    help: write `tally`\n")


def test_a_code_of_the_command_line_says_what_to_do() -> None:
    assert (
        lot("explain", "618").out == "LOT-E0618: A model is not here yet.\n\nTo mend it: Type `lot model get NAME`.\n"
    )


def test_all_codes_are_listed_and_an_unknown_one_is_refused() -> None:
    lines = lot("explain").out.splitlines()
    assert len(lines) == len(explain.MEANINGS) and lines == sorted(lines)
    refused = lot("explain", "LOT-E0299")
    assert refused.status == 2 and "there is no code `LOT-E0299`" in refused.err
    assert lot("explain", "typo").status == 2
    assert json.loads(lot("explain", "203", "--json").out)["code"] == "LOT-E0203"
