"""The command line: arguments, answers, exit status, JSON. No model is loaded: the dice answer."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

import lotterylang
from command import lot

PROGRAM = """
model small = onnx("smollm2-135m-instruct", seed = 7)
memory tape : cells<text> = "0"
memory head : int = 0
memory seen : map<text, int> = {:}

type Answer { value: text, sure: bool }
enum Route { calculator = "a calculation", facts }

fn run(question: text, limit: int = 3) -> text { "${question} ${limit}" }
fn lists(xs: list<int>, route: Route = Route.facts) -> text { "${xs}: ${route}" }
fn record() -> Answer { Answer(value = "x", sure = true) }
fn stores() -> text {
  READ tape -> cells
  READ head -> at
  READ seen -> counts
  "${values(cells)} at ${at}, ${keys(counts)}"
}
fn broken(x: int) -> int { 1 // x }
fn digit() -> int { (ASK small "A digit: @{n: int where 0 <= n <= 9}").n }
fn need(question: text) -> text {
  let choice = CHOOSE small "It needs ${question}:" from Route
  "${choice.value}"
}

fn digits() -> list<int> {
  for i in 1..3 { (ASK small "Digit ${i}: @{n: int where 0 <= n <= 9}").n }
}

example "a digit" {
  given small replies { "A digit" => 4 }
  expect digit() == 4
}
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "program.lot"
    path.write_text(PROGRAM, encoding="utf-8")
    return str(path)


def test_run_takes_arguments_by_type(program: str) -> None:
    assert lot("run", program, "question=How?", "limit=5").out == "How? 5\n"
    assert lot("run", program, "question=How?").out == "How? 3\n"
    assert lot("run", f"{program}:lists", "xs:=[1, 2]", "route=a calculation").out == "1, 2: a calculation\n"
    assert lot("run", f"{program}:lists", "xs=[1]", "route=facts").out == "1: facts\n"


def test_a_text_comes_from_a_file_or_standard_input(program: str, tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("From a file", encoding="utf-8")
    assert lot("run", program, f"question=@{tmp_path / 'q.txt'}").out == "From a file 3\n"
    assert lot("run", program, "question=-", stdin=b"From a pipe").out == "From a pipe 3\n"


def test_other_keys_fill_memory(program: str) -> None:
    given = lot("run", f"{program}:stores", "tape=110", "head=2", 'seen:={"a": 1}')
    assert given.out == "1, 1, 0 at 2, a\n"


def test_a_record_is_printed_a_field_a_line_and_as_json(program: str) -> None:
    assert lot("run", f"{program}:record").out == "value  x\nsure   yes\n"
    data = json.loads(lot("run", f"{program}:record", "--json").out)
    assert data["value"] == {"value": "x", "sure": True}
    assert set(data) == {"value", "hash", "stats", "cannot_tell"}


def test_an_expression_is_run_in_the_scope_of_the_program(program: str) -> None:
    assert lot("run", program, "-e", 'lists([3], Route.calculator) + "!"').out == "3: a calculation!\n"


def test_a_failure_says_where_and_exits_with_1(program: str) -> None:
    failed = lot("run", f"{program}:broken", "x=0")
    assert (failed.status, failed.out) == (1, "")
    assert failed.err.startswith("failed Undefined: division by zero\n")
    data = json.loads(lot("run", f"{program}:broken", "x=0", "--json").out)
    assert data["failure"]["kind"] == "Undefined"


def test_the_dice_answer_without_a_model_and_the_same_way_for_a_seed(program: str) -> None:
    first = lot("run", f"{program}:digit", "--model", "random", "--seed", "3")
    assert (first.status, first.out) == (0, lot("run", f"{program}:digit", "--model", "random", "--seed", "3").out)
    assert lot("run", f"{program}:digit", "--model", "first").out == "0\n"
    assert lot("run", f"{program}:need", "question=2 + 2", "--model", "first").out == "a calculation\n"


def test_stats_go_to_standard_error(program: str) -> None:
    printed = lot("run", f"{program}:digit", "--model", "first", "--stats")
    assert printed.out == "0\n"
    assert re.search(r"^calls +1$", printed.err, re.MULTILINE)


def test_errors_that_are_left_out_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "wrong.lot"
    path.write_text("".join(f'fn f{n}() -> int {{ "a" }}\n' for n in range(23)), encoding="utf-8")
    assert lot("check", str(path)).err.rstrip().splitlines()[-1] == "… 3 more errors"
    told = json.loads(lot("check", str(path), "--json").out)
    assert (len(told["errors"]), told["more"]) == (20, 3)


def test_check_lists_effects_and_loads_nothing(program: str) -> None:
    checked = lot("check", program)
    assert (checked.status, checked.out) == (0, f"{program}: no errors\n"), checked
    listed = lot("check", program, "--effects").out
    assert f"{program}: digit: ASK\n" in listed
    assert f"{program}: lists: pure\n" in listed
    assert f"{program}:27:3: these bodies run side by side\n" in listed


def test_check_says_why_bodies_run_in_order(tmp_path: Path) -> None:
    path = tmp_path / "p.lot"
    path.write_text(
        """memory head : int = 0
tool calc(x: text) -> number = std.tools.calculate
fn f(xs: list<int>) { for x in xs { mark(x) } }
fn mark(x: int) { WRITE x -> head }
fn g(xs: list<text>) -> list<number> { for x in xs { CALL calc(x) } }
fn h(xs: list<text>) -> list<number> { for x in xs, in order { CALL calc(x) } }
fn i(xs: list<text>) -> list<int> { for x in xs { len(x) } }
"""
    )
    orders = [
        line.rpartition(":")[0] and line.split(": ", 1)[1]
        for line in lot("check", str(path), "--effects").out.splitlines()
    ]
    assert orders[-3:] == [
        "these bodies run in order: they touch WRITE",
        "these bodies run side by side",
        "these bodies run in order: it is said",
    ]


def test_test_runs_examples(program: str) -> None:
    assert lot("test", program).out == f"passed  {program}: a digit\n1 passed, 0 failed\n"


@pytest.mark.parametrize(("hole", "reply"), [("int", '"x"'), ("int where n < 5", "7"), ('text, stop "."', '"a. b"')])
def test_an_example_fails_where_its_reply_is_none(tmp_path: Path, hole: str, reply: str) -> None:
    path = tmp_path / "p.lot"
    asks = f'model small = first()\nfn f() -> text {{ json((ASK small "A @{{n: {hole}}}").n) }}\n'
    path.write_text(asks + f'example "e" {{\n  given small replies {{ "A" => {reply} }}\n  expect f() == "" \n}}\n')
    assert f"{reply} can't fill the hole `n` at `example/f/ask#1`" in lot("test", str(path)).out


def test_a_line_that_answers_nothing_fails_its_example(tmp_path: Path) -> None:
    path = tmp_path / "p.lot"
    path.write_text(
        """model small = first()
tool calc(x: text) -> number = std.tools.calculate
fn f(q: text) -> int { (ASK small "How many ${q}? @{n: int}").n }
example "a line before it answers" {
  given small replies { "How" => 1, "pears" => 2, _ => 3 }
  expect f("pears") == 1
}
example "nothing is called" {
  given calc replies { "1 + 1" => 2 }
  expect 1 == 1
}
"""
    )
    printed = lot("test", str(path))
    assert printed.status == 1
    assert "p.lot:5:37" in printed.out and "p.lot:9:24" in printed.out
    assert printed.out.count("this line answered nothing") == 2


def test_a_failed_example_shows_both_sides_and_exits_with_1(tmp_path: Path) -> None:
    path = tmp_path / "x.lot"
    path.write_text('fn f() -> int { 3 }\nexample "no" {\n  expect f() == 4\n}\n', encoding="utf-8")
    printed = lot("test", str(path))
    assert printed.status == 1
    assert "expect f() == 4" in printed.out
    assert "left is 3, right is 4" in printed.out


def test_prompt_prints_what_is_sent(program: str) -> None:
    printed = lot("prompt", f"{program}:need", "question=2 + 2", "--model", "first")
    assert "It needs 2 + 2:" in printed.out
    assert "option: ' a calculation'" in printed.out


def test_why_tells_the_last_run(program: str) -> None:
    lot("run", f"{program}:need", "question=2 + 2", "--model", "first")
    printed = lot("why")
    assert "need/choose#1" in printed.out
    assert "chose" in printed.out
    assert json.loads(lot("why", "--json").out)["effects"][0]["path"] == "need/choose#1"


def test_the_library_is_the_same_engine(program: str) -> None:
    loaded = lotterylang.load(program)
    assert loaded.run("lists", xs=[1, 2], route="calculator").value == "1, 2: a calculation"
    assert loaded.run("digit", model="first").value == 0
    assert "digit/ask#1" in loaded.run("digit", model="first").why()
    assert lotterylang.loads("fn run(x: number) -> number { x / 3 }").run(x=0.5).value == Fraction(1, 6)
    with pytest.raises(lotterylang.LotError, match="LOT-E0620"):
        loaded.run("broken", x=0)
    with pytest.raises(lotterylang.LotError, match="LOT-E0613"):
        loaded.run("broken", x="zero")


def test_memory_from_the_command_line_keeps_what_its_type_promises(tmp_path: Path) -> None:
    text = """\
type Digit = int where 0 <= it <= 9
type Answer { value: text where len(value) > 0 }
memory tape : cells<Digit> = 0
memory seen : map<text, Answer>
fn main() -> int { 1 }
"""
    (tmp_path / "digits.lot").write_text(text, encoding="utf-8")
    name = str(tmp_path / "digits.lot")
    assert lot("run", name, "tape=123").out == "1\n"
    kept = lot("run", name, 'tape:={"3": 12}')
    assert (kept.status, "`tape[3]` does not keep its promise `0 <= it <= 9`" in kept.err) == (1, True)
    built = lot("run", name, 'seen:={"a": {"value": ""}}')
    assert 'in `seen["a"]`: `Answer.value` does not keep its promise `len(value) > 0`' in built.err


def test_an_index_is_passed_by_its_name(tmp_path: Path) -> None:
    text = 'index wiki = hnsw("wiki.jsonl")\nfn named(ix: index, found: bool = false) -> int { 1 }\n'
    (tmp_path / "rag.lot").write_text(text, encoding="utf-8")
    name = f"{tmp_path / 'rag.lot'}:named"
    assert lot("run", name, "ix=wiki").out == "1\n"
    refused = lot("run", name, "ix=wikis")
    assert "argument `ix`: there is no index `wikis`" in refused.err
    assert "the program declares `wiki`" in refused.err
    assert lotterylang.load(tmp_path / "rag.lot").run("named", ix="wiki").value == 1


def test_memory_from_python_keeps_what_its_type_promises() -> None:
    program = lotterylang.loads("""
type Digit = int where 0 <= it <= 9
memory tape : cells<Digit> = 0
memory head : int = 0
memory seen : map<text, Digit>
fn main() -> int {
  READ head -> at
  READ tape[at] -> found
  found
}
""")
    assert program.run(memory={"tape": "357", "head": 2}).value == 7
    assert program.run(memory={"tape": [3, 5], "seen": {"a": 1}}).value == 3
    assert program.run(memory={"tape": {"-1": 4}, "head": -1}).value == 4
    refused = {
        '`seen["a"]` does not keep its promise': {"seen": {"a": 12}},
        "memory `head`": {"head": "a"},
        "there is no memory `had`": {"had": 1},
    }
    for message, memory in refused.items():
        with pytest.raises(lotterylang.LotError, match=re.escape(message)):
            program.run(memory=memory)
