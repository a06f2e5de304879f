"""Leave to act: a tool that acts on the world runs if the program and the host both let it, and not otherwise."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from command import lot
from lotterylang.check import check
from lotterylang.check.program import Grant, ToolDeclaration
from lotterylang.run import journal, lower
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Call, Called, Reply
from lotterylang.run.runner import Outcome, Runner
from lotterylang.shell.allowed import allowed
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of

PROGRAM = """
uses tool write_file("out/")
tool save(path: text, content: text = "") -> bool = std.tools.write_file
tool look(path: text) -> bool = std.tools.same
fn main() -> bool {
  let seen = CALL look("a")
  CALL save("out/a")
}
"""


class _Written:
    """A tool that notes its calls, and what the journal held when each came."""

    identity = "noted"

    def __init__(self, file: io.StringIO) -> None:
        self.file = file
        self.calls: list[tuple[str, str]] = []

    def submit(self, effects: Sequence[Call]) -> list[Future[Reply]]:
        futures = []
        for effect in effects:
            self.calls.append((effect.tool, self.file.getvalue().splitlines()[-1]))
            future: Future[Reply] = Future()
            future.set_result(Called(True))
            futures.append(future)
        return futures

    def close(self) -> None:
        pass


def _run(words: list[str], text: str = PROGRAM) -> tuple[Outcome, _Written, str]:
    file = io.StringIO()
    tool = _Written(file)
    allows = allowed(words).lets

    def nobody(_: object) -> None:
        raise AssertionError("no model is asked")

    doors = Doors(tool=lambda declaration: tool, allows=allows)
    runner = Runner(check(source_of("grants.lot", text)), nobody, doors=doors)  # type: ignore[arg-type]
    code = lower.expression(runner.unit, "run", runner.program.functions["main"].node.body, performs=True)
    return runner.run(code, journal=journal.Journal({}, file)), tool, file.getvalue()


@pytest.mark.parametrize("words", [[], ["other"], ['write_file("in/")'], ['write_file("out/deeper/")']])
def test_without_leave_of_the_host_nothing_is_done(words: list[str]) -> None:
    outcome, tool, _ = _run(words)
    assert outcome.failure is not None and outcome.failure.kind == "Denied"
    assert "--allow 'write_file(\"out/\")'" in outcome.failure.message
    assert [name for name, _ in tool.calls] == ["look"]


@pytest.mark.parametrize("words", [["write_file"], ["save"], ["std.tools.write_file"], ['write_file("out/")']])
def test_with_both_leaves_it_is_done_after_its_intent_is_written(words: list[str]) -> None:
    outcome, tool, written = _run(words)
    assert outcome.value is True
    assert [name for name, _ in tool.calls] == ["look", "save"]
    assert json.loads(tool.calls[1][1])["intent"] == "run/call#2"
    intents = [line for line in written.splitlines() if "intent" in json.loads(line)]
    assert len(intents) == 1


PURE = """
uses pure tool price
tool price(path: text) -> bool = "./shop.py:price"
fn main() -> bool { CALL price("out/a") }
"""


def test_what_only_computes_needs_the_leave_and_leaves_no_intent() -> None:
    outcome, tool, written = _run([], PURE)
    assert outcome.failure is not None and outcome.failure.kind == "Denied" and not tool.calls
    outcome, tool, written = _run(["price"], PURE)
    assert outcome.value is True and "intent" not in written


def test_a_path_that_climbs_lies_nowhere() -> None:
    declaration = check(source_of("grants.lot", PROGRAM)).tools["save"]
    assert isinstance(declaration, ToolDeclaration)
    assert not allowed(['write_file("out/")']).lets(declaration, Grant("write_file", ("out/../etc",)))
    assert not allowed(['write_file("out/")']).lets(declaration, Grant("write_file", ()))


@pytest.mark.parametrize(
    ("words", "may"),
    [
        (['write_file("HERE/out")'], True),
        (['write_file("../NAME/out/")'], True),
        (['write_file("./out")'], True),
        (['write_file("in/")', 'write_file("out/")'], True),
        (['write_file("HERE/in")'], False),
        (['write_file("")'], False),
    ],
)
def test_a_folder_is_the_same_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], may: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    program = check(source_of("grants.lot", PROGRAM))
    given = allowed([word.replace("HERE", str(tmp_path)).replace("NAME", tmp_path.name) for word in words])
    assert given.lets(program.tools["save"], program.grants["save"]) is may


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ('tool a(x: text) -> int = mcp("python s.py", "a")', 'write `uses tool mcp("python s.py")`'),
        ('tool a(x: text) -> int = "./shop.py:price"', "write `uses tool price`"),
        ("tool a(x: text) -> text = std.tools.read_file", 'write `uses tool read_file("out/")`'),
    ],
)
def test_what_is_not_granted_says_what_to_write(text: str, help: str) -> None:
    with pytest.raises(LotError) as caught:
        check(source_of("p.lot", f'{text}\nfn main() {{ CALL a("x") }}\n'))
    [missing] = caught.value.diagnostics
    assert missing.code == "LOT-E0521" and missing.help == f"{help} at the top of the main file"


@pytest.mark.parametrize("value", ["std.tools.nosuch", 'mcp("python")'])
def test_of_what_is_no_tool_nothing_more_is_said(value: str) -> None:
    with pytest.raises(LotError) as caught:
        check(source_of("p.lot", f'uses tool a\ntool a(x: text) -> int = {value}\nfn main() {{ CALL a("x") }}\n'))
    assert [each.code for each in caught.value.diagnostics] == ["LOT-E0422"]


def test_a_wrong_address_of_a_server_is_shown_a_right_one() -> None:
    with pytest.raises(LotError) as caught:
        check(source_of("p.lot", 'index a = qdrant("here", embed = "all-minilm-l6-v2")\n'))
    assert "write `qdrant(" in str(caught.value.diagnostics[0].help)


def test_a_leave_for_no_tool_of_the_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.lot").write_text(PURE, encoding="utf-8")
    ran = lot("run", str(tmp_path / "p.lot"), "--allow", "prise")
    assert ran.status == 2 and "LOT-E0622" in ran.err and "write `--allow price`" in ran.err
    assert "leave it out" in lot("run", str(tmp_path / "p.lot"), "--allow", "write_file").err


@pytest.mark.parametrize("word", ["", "write_file(3)", "1 + 1", "write_file("])
def test_a_word_that_is_no_leave_is_refused(word: str) -> None:
    with pytest.raises(LotError) as caught:
        allowed([word])
    assert caught.value.diagnostics[0].code == "LOT-E0622"
