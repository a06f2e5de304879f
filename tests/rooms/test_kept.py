"""`kept in file(…)`: what a run wrote is there in the next one, typed, with its writer; what failed left no trace."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from command import Printed, lot

COUNTER = """
enum Colour { red, green }
type Answer { value: text, sure: number, colour: Colour? }
tool calc(expression: text) -> number = std.tools.calculate
memory count  : int = 0 kept in file("kept.db")
memory solved : map<(text, bool), Answer> kept in file("kept.db")
memory start  : map<text, int> = { "a": 1 } kept in file("start.db")
memory tape   : cells<list<call<calc>>> = [] kept in file("tape.db")

fn main(word: text) -> text {
  READ count -> n
  WRITE n + 1 -> count
  WRITE Answer(value = word, sure = 1 / 3, colour = Colour.green) -> solved[(word, n > 0)]
  WRITE [calc("1 + ${n}")] -> tape[-n]
  shown()
}
fn shown() -> text {
  READ count -> n
  READ solved -> all
  READ start -> begun
  READ tape -> calls
  let told = join(for each in values(all) { "${each.value} ${each.sure * 3}" }, ", ")
  "${n}: ${told}; ${keys(begun)}; ${len(keys(calls))}"
}
fn empty_and_again() {
  READ solved -> all
  MOV start["a"] -> count
  WRITE 2 -> start["b"]
}
fn failing() {
  WRITE 10 -> count
  try {
    WRITE 20 -> count
    fail "no"
  } catch Rejected { none }
  fail "the end"
}
fn reading() -> int {
  READ start["a"] -> a
  a
}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counter.lot").write_text(COUNTER, encoding="utf-8")
    return tmp_path


def _run(function: str, *words: str) -> Printed:
    return lot("run", f"counter.lot:{function}", *words)


def test_a_run_begins_where_the_last_one_ended(folder: Path) -> None:
    assert _run("shown").out == "0: ; a; 0\n"
    assert not (folder / "kept.db").exists()
    assert _run("main", "word=one").out == "1: one 1; a; 1\n"
    assert _run("main", "word=two").out == "2: one 1, two 1; a; 2\n"
    assert _run("shown").out == "2: one 1, two 1; a; 2\n"


def test_what_was_emptied_stays_empty(folder: Path) -> None:
    assert _run("empty_and_again").status == 0
    printed = _run("reading")
    assert (printed.status, printed.err.split(":")[0]) == (1, "failed Empty"), printed


def test_the_journal_says_what_was_committed_and_when(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(folder / "home"))
    assert _run("main", "word=one").status == 0
    (path,) = (folder / "home" / "runs").glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [(line["kept"], line["places"]) for line in lines if "kept" in line]
    assert kept == [("kept.db", {"count": 1, "solved": 1}), ("tape.db", {"tape": 1})]
    assert "end" in lines[-1]
    assert lot("replay").out.splitlines()[-1].endswith("the same")


def test_a_failed_attempt_leaves_no_trace_and_a_failed_run_keeps_what_it_wrote(folder: Path) -> None:
    assert _run("failing").status == 1
    assert _run("shown").out.startswith("10: ")


def test_the_start_of_a_map_is_only_that_of_a_file_that_has_none(folder: Path) -> None:
    _run("empty_and_again")
    text = COUNTER.replace('{ "a": 1 }', '{ "z": 1 }')
    (folder / "counter.lot").write_text(text, encoding="utf-8")
    assert "; b" in _run("shown").out


ANSWER = "type Answer { value: text, sure: number, colour: Colour? }\nenum Colour { red, blue }\n"
OTHERS = {
    'type Large = int where it > 1\nmemory count : Large kept in file("kept.db")': "what its type does not promise",
    'memory count : text kept in file("kept.db")': "`1` is not of type `text`",
    ANSWER + 'memory solved : map<(text, bool), Answer> kept in file("kept.db")': "Colour.green",
    'memory solved : map<(text, bool), text> kept in file("kept.db")': "is not of type `text`",
    'memory tape : map<int, text> kept in file("tape.db")': "`cells<list<call<calc>>>`",
}


@pytest.mark.parametrize("declaration", OTHERS)
def test_another_type_is_one_clear_error_and_loses_nothing(folder: Path, declaration: str) -> None:
    _run("main", "word=one")
    before = {path: path.read_bytes() for path in folder.glob("*.db")}
    (folder / "other.lot").write_text(f"{declaration}\nfn main() -> int {{ 1 }}\n", encoding="utf-8")
    printed = lot("run", "other.lot")
    assert (printed.status, printed.err.count("error")) == (2, 1), printed
    assert printed.err.startswith("error[LOT-E0642]: ")
    assert OTHERS[declaration] in printed.err
    assert {path: path.read_bytes() for path in folder.glob("*.db")} == before
    assert _run("shown").out == "1: one 1; a; 1\n"


def test_a_type_that_holds_all_that_is_there_is_welcome(folder: Path) -> None:
    _run("main", "word=one")
    text = 'memory count : number? kept in file("kept.db")\nfn main() -> number? {\n  READ count -> n\n  n\n}\n'
    (folder / "other.lot").write_text(text, encoding="utf-8")
    assert lot("run", "other.lot").out == "1\n"


def test_a_damaged_file_is_one_clear_error(folder: Path) -> None:
    (folder / "kept.db").write_bytes(b"nothing that anybody could read" * 50)
    printed = _run("shown")
    assert printed.status == 2
    assert printed.err.startswith("error[LOT-E0641]: the memory file `kept.db` can't be used: ")


def test_a_kept_memory_is_not_given(folder: Path) -> None:
    assert _run("shown", "count=3").err.startswith("error[LOT-E0643]: `count` holds what `kept.db` keeps")


def test_each_place_knows_who_wrote_it(folder: Path) -> None:
    _run("main", "word=one")
    with sqlite3.connect(folder / "kept.db") as file:
        rows = file.execute("SELECT writer FROM cells WHERE store = 'count'").fetchall()
    file.close()
    assert rows == [("main in counter.lot",)]
    printed = lot("repl", "counter.lot", stdin=b":memory count\nWRITE 50 -> count\n:memory count\n")
    assert "count : int = 1  written by main in counter.lot" in printed.out
    assert "count : int = 50" in printed.out
    assert _run("shown").out.startswith("1: ")


def test_examples_touch_no_file(folder: Path) -> None:
    text = COUNTER + 'example "a" { expect main("x") == "1: x 1; a; 1" }\n'
    (folder / "counter.lot").write_text(text, encoding="utf-8")
    assert lot("test", "counter.lot").status == 0
    assert not list(folder.glob("*.db"))


SOLVER = """
model small = first()
memory solved : map<text, text> kept in file("solved.db")
solver answer(question: text) -> text {
  recall solved[question]
  direct (ASK small "${question} @{word: \"yes\" | \"no\"}").word
  store  solved[question]
}
"""


def test_what_a_solver_stored_is_recalled_by_the_next_run(folder: Path) -> None:
    (folder / "solver.lot").write_text(SOLVER, encoding="utf-8")
    for question, calls in (("is it", 1), ("is it", 0), ("is she", 1), ("is it", 0)):
        printed = lot("run", "solver.lot:answer", f"question={question}", "--json")
        found = json.loads(printed.out)
        assert (found["value"], found["stats"]["calls"]) == ("yes", calls), question
    printed = lot("run", "solver.lot:answer", "question=is it", "--json", "--without", "memory")
    assert json.loads(printed.out)["stats"]["calls"] == 1


def test_a_file_without_its_folder_is_said_before_anything_is_asked(folder: Path) -> None:
    (folder / "solver.lot").write_text(SOLVER.replace("solved.db", "data/solved.db"), encoding="utf-8")
    printed = lot("run", "solver.lot:answer", "question=is it")
    assert printed.err.startswith(
        "error[LOT-E0641]: the memory file `data/solved.db` can't be used: there is no folder"
    )
