"""`lot fmt`: canonical text, the same program, and every comment where it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from command import lot
from lotterylang.syntax.canonical import formatted
from lotterylang.syntax.comments import comments_of
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import parse, read, source_of

ROOT = Path(__file__).parents[2]
FILES = [path for folder in ("programs", "stdlib", "tests") for path in sorted((ROOT / folder).rglob("*.lot"))]

WRITTEN = """\
#!/usr/bin/env lot
# a program

import   std.vote
model small = first()   # behind
# above
model large=random( seed=3)


fn f(x:int)->int { x+1 }
fn g() -> text {
  # inside
  let a = "# no comment ${ "x#y" }"   # one
  a
}
fn h(xs: list<text>) -> text { vote(xs, by = y=>y) }
# the end

# of all
"""
CANONICAL = """\
#!/usr/bin/env lot
# a program

import std.vote

model small = first()  # behind

# above
model large = random(seed = 3)

fn f(x: int) -> int { x + 1 }

fn g() -> text {
  # inside
  let a = "# no comment ${ "x#y" }"   # one
  a
}

fn h(xs: list<text>) -> text { vote(xs, by = y => y) }

# the end

# of all
"""


def test_the_canonical_text_of_a_program_with_comments() -> None:
    assert formatted(source_of("p.lot", WRITTEN)) == CANONICAL
    assert formatted(source_of("p.lot", CANONICAL)) == CANONICAL


@pytest.mark.parametrize("text", ["", "# only\n", "# a\n\n# b\n", "let a = 1 # x\n", "let a = 1\n# x", "\n\nlet a=1"])
def test_edges_keep_their_comments_and_do_not_change_twice(text: str) -> None:
    once = formatted(source_of("p.lot", text))
    assert formatted(source_of("p.lot", once)) == once
    assert [c.text for c in comments_of(source_of("p.lot", once))] == re.findall(r"#.*", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_program_here_stays_the_same_program(path: Path) -> None:
    for chunk in re.split(r"^---\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE):
        source = source_of(path.name, chunk)
        try:
            module = parse(source)
        except LotError:
            continue
        once = source_of(path.name, formatted(source))
        assert parse(once) == module
        assert [c.text for c in comments_of(once)] == [c.text for c in comments_of(source)]
        assert formatted(once) == once.text


def test_a_file_is_written_only_where_that_changes_it(tmp_path: Path) -> None:
    path = tmp_path / "p.lot"
    path.write_bytes(WRITTEN.replace("\n", "\r\n").encode())
    checked = lot("fmt", "--check", str(path))
    assert (checked.status, checked.out) == (1, f"{path} would change\n")
    assert lot("fmt", str(path)).out == f"{path} is formatted\n"
    assert path.read_bytes().decode() == CANONICAL
    assert lot("fmt", "--check", str(path)).status == 0 and lot("fmt", str(path)).out == ""


def test_what_can_not_be_read_stays(tmp_path: Path) -> None:
    path = tmp_path / "p.lot"
    path.write_text("fn f( {", encoding="utf-8")
    assert lot("fmt", str(path)).status == 2 and read(path).text == "fn f( {"


LONG = "fn a_rather_long_name(first_parameter: text, second_parameter: text, third_one: number) -> list<int> { [1, 2] }"


def test_the_type_of_a_result_stays_on_its_line_where_the_parameters_can_break() -> None:
    params = "first_parameter: text,\n  second_parameter: text,\n  third_one: number"
    wanted = f"fn a_rather_long_name(\n  {params}\n) -> list<int> {{\n  [1, 2]\n}}\n"
    assert lot("fmt", "-", stdin=LONG.encode()).out == wanted


def test_standard_input_is_printed() -> None:
    assert lot("fmt", "-", stdin=b"let  a=1").out == "let a = 1\n"
    assert lot("fmt", "-", stdin=b"\xff").status == 2
