"""The pages of docs/: their code is part of a tested file, their lists are whole, their links lead somewhere."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.check.codes import CODES as CHECK_CODES
from lotterylang.check.prelude import SIGNATURES
from lotterylang.syntax.codes import CODES as SYNTAX_CODES
from lotterylang.syntax.parser import source_of
from lotterylang.testing.examples import run_examples
from lotterylang.testing.properties import run_properties

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "docs" / "spec"
PAGES = sorted(SPEC.glob("*.md"))
ALL_PAGES = [*PAGES, ROOT / "docs" / "README.md"]
MAP = ROOT / "docs" / "rooms.md"
"""Its paths, which may begin in several places, are looked at in `test_docs_rooms.py`."""
TESTED = ("programs", "tests/spec", "tests/litmus", "stdlib")
CASES = ROOT / "tests" / "spec" / "docs"


def _named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _blocks() -> list[tuple[str, str]]:
    found = []
    for page in ALL_PAGES:
        text = page.read_text(encoding="utf-8")
        found += [(_named(page), block) for block in re.findall(r"^```lot\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)]
    return found


def _tested_lines() -> list[list[str]]:
    files = (path for folder in TESTED for path in sorted((ROOT / folder).rglob("*.lot")))
    return [path.read_text(encoding="utf-8").split("\n") for path in files]


LINES = _tested_lines()


def _stands_in(block: list[str], lines: list[str]) -> bool:
    size = len(block)
    first = block[0].strip()
    for start, line in enumerate(lines):
        part = lines[start : start + size]
        if line.strip() == first and textwrap.dedent("\n".join(part)).split("\n") == block:
            return True
    return False


@pytest.mark.parametrize(("page", "block"), _blocks())
def test_code_of_a_page_is_part_of_a_tested_file(page: str, block: str) -> None:
    lines = block.rstrip("\n").split("\n")
    assert "###" not in block, "quote accepted cases only"
    assert any(_stands_in(lines, tested) for tested in LINES), f"{page}:\n{block}"


def test_every_code_of_the_checker_and_the_parser_stands_in_the_page_of_errors() -> None:
    page = (SPEC / "errors.md").read_text(encoding="utf-8")
    missing = [code for code in (*SYNTAX_CODES, *CHECK_CODES) if f"`{code}`" not in page]
    assert missing == []


def test_every_code_that_is_given_anywhere_stands_in_the_page_of_errors() -> None:
    page = (SPEC / "errors.md").read_text(encoding="utf-8")
    sources = (ROOT / "lotterylang").rglob("*.py")
    given = {code for path in sources for code in re.findall(r'"(LOT-E\d{4})"', path.read_text(encoding="utf-8"))}
    assert sorted(code for code in given if f"`{code}`" not in page) == []


def test_every_function_of_the_prelude_stands_in_its_page() -> None:
    page = (SPEC / "prelude.md").read_text(encoding="utf-8")
    names = dict.fromkeys(re.findall(r"^fn (\w+)", SIGNATURES, re.MULTILINE))
    assert [name for name in names if f"| `{name}(" not in page] == []


def test_the_index_names_every_page() -> None:
    index = (SPEC / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if page.name != "README.md" and f"({page.name})" not in index] == []


@pytest.mark.parametrize("page", [*ALL_PAGES, MAP], ids=_named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if not (page.parent / link.split("#")[0]).exists()] == []


@pytest.mark.parametrize("page", ALL_PAGES, ids=_named)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:programs|tests|grammar|lotterylang|docs)/[\w./-]+\.\w+)`", page.read_text("utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", sorted(CASES.glob("*.lot")), ids=lambda path: path.stem)
def test_the_examples_of_the_pages_pass(path: Path) -> None:
    chunks = re.split(r"^---\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for number, chunk in enumerate(chunks, 1):
        program = check(source_of(str(path.with_name(f"{path.stem}-{number}")), chunk))
        for verdict in [*run_examples(program), *run_properties(program)]:
            assert verdict.problem is None, f"{verdict.place}: {verdict.name}: {verdict.problem}"
