"""What answers a run's CALLs and DEDUCEs outside of it, by the command line and in the REPL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import lot

TOOLS = """
uses tool write_file("out/")
tool calc(expression: text) -> number = std.tools.calculate
tool save(path: text, content: text) -> bool = std.tools.write_file
fn sum() -> number { CALL calc("6 * 7 / 4") }
fn broken() -> number { CALL calc("6 *") }
fn kept() -> bool { CALL save("out/a.txt", "said") }
"""

LOGIC = """
logic reach(edge: list<(text, text)>) -> far(text, text) {
  far(X, Y) :- edge(X, Y).
  far(X, Z) :- edge(X, Y), far(Y, Z).
}
fn far() -> list<(text, text)> {
  match DEDUCE reach([("a", "b"), ("b", "c")]) { Sat as s => s.far, Unsat => [], Unknown => [] }
}
"""


def _program(folder: Path, text: str) -> str:
    path = folder / "p.lot"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_tool_of_the_library_answers(tmp_path: Path) -> None:
    program = _program(tmp_path, TOOLS)
    assert lot("run", f"{program}:sum").out == "10.5\n"
    failed = lot("run", f"{program}:broken")
    assert failed.status != 0 and "ToolFailed" in failed.err


def test_what_acts_needs_both_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    program = _program(tmp_path, TOOLS)
    assert "Denied" in lot("run", f"{program}:kept").err
    assert not list((tmp_path / "out").iterdir())
    assert lot("run", "--allow", "write_file", f"{program}:kept").status == 0
    assert (tmp_path / "out/a.txt").read_text(encoding="utf-8") == "said"


def test_rules_are_derived_by(tmp_path: Path) -> None:
    found = json.loads(lot("run", f"{_program(tmp_path, LOGIC)}:far", "--json").out)
    assert found["value"] == [["a", "b"], ["a", "c"], ["b", "c"]]


def test_a_session_keeps_what_its_tools_keep() -> None:
    entries = """
type Board { squares: text, outcome: text }
tool play(square: int) -> Board = std.tools.tictactoe_play
uses tool tictactoe_play
(CALL play(1)).squares
(CALL play(1)).squares
"""
    played = lot("repl", "--allow", "tictactoe_play", stdin=entries.encode())
    assert '"X' in played.out and "is not free" in played.err
