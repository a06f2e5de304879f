"""Programs whose calls real tools answer, through the runner's door for tools."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lotterylang.check import check
from lotterylang.check.program import ToolDeclaration
from lotterylang.run import lower
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Tool
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool

PROGRAM = """
uses tool write_file("out/")

tool calc(expression: text) -> number = std.tools.calculate
tool finish(answer: text) -> text = std.tools.same
tool save(path: text, content: text) -> bool = std.tools.write_file
tool wrong(expression: text) -> int = std.tools.calculate
uses tool strange
tool strange(item: text, places: int) -> number = "./shop.py:price"

fn third() -> number { CALL calc("1/3 + 1/3") }
fn finished() -> text { CALL finish("done") }
fn zero() -> number { CALL calc("1/0") }
fn keep() -> bool { CALL save("out/note.txt", "text") }
fn escape() -> bool { CALL save("out/../note.txt", "text") }
fn other() -> int { CALL wrong("1 / 3") }
fn strangely() -> number { CALL strange("1/3", 2) }
"""


def _run(folder: Path, function: str, allowed: Grant | None = None) -> Outcome:
    """Run a function of the program, as a host would that allows this."""

    def nobody(_: object) -> Any:
        raise AssertionError("no model is asked")

    def opened(declaration: ToolDeclaration) -> Tool:
        said = program.grants.get(declaration.name)
        grant = None if said is None else Grant(said.tool, said.limits)
        parameters = [each.name for each in declaration.kind.params]
        return tools.tool(declaration.name, open_tool(declaration.provider, parameters, folder, grant, allowed))

    program = check(source_of("p.lot", PROGRAM))
    tools = Tools({}, folder)
    runner = Runner(program, nobody, Settings(), Doors(tool=opened, allows=lambda *_: True))
    try:
        body = program.functions[function].node.body
        return runner.run(lower.expression(runner.unit, "run", body, performs=True))
    finally:
        tools.close()


@pytest.mark.parametrize(("function", "value"), [("third", Fraction(2, 3)), ("finished", "done")])
def test_a_tool_answers_a_program(tmp_path: Path, function: str, value: object) -> None:
    assert _run(tmp_path, function).value == value


@pytest.mark.parametrize(
    ("function", "allowed", "kind", "said"),
    [
        ("zero", None, "ToolFailed", "division by zero"),
        ("other", None, "ToolFailed", "something else than `int`"),
        ("keep", None, "Denied", "run with `--allow 'write_file(\"out/\")'`"),
        ("keep", Grant("write_file", ("in/",)), "Denied", "run with `--allow 'write_file(\"out/\")'`"),
        ("escape", Grant("write_file"), "Denied", "climbs out"),
    ],
)
def test_what_a_tool_refuses_is_a_failure_of_the_program(
    tmp_path: Path, function: str, allowed: Grant | None, kind: str, said: str
) -> None:
    (tmp_path / "out").mkdir()
    failure = _run(tmp_path, function, allowed).failure
    assert failure is not None
    assert failure.kind == kind
    assert said in failure.message
    assert list(tmp_path.rglob("*.txt")) == []


def test_a_tool_acts_where_both_allow_it(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert _run(tmp_path, "keep", Grant("write_file", ("out/",))).value is True
    assert (tmp_path / "out" / "note.txt").read_text(encoding="utf-8") == "text"


def test_a_declaration_of_other_parameters_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("def price(item: str) -> float:\n    return 1.0\n", encoding="utf-8")
    with pytest.raises(LotError, match="has no `places`"):
        _run(tmp_path, "strangely")
