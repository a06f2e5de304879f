"""`lot replay` and `lot trace`: a journal is enough to run again; what has changed, or is not there, is said."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

import lotterylang
from command import lot
from lotterylang.check import check
from lotterylang.run import journal
from lotterylang.run.effects import Asked, Failed, ModelEffect, Observed, Reply
from lotterylang.run.runner import Runner, Settings
from lotterylang.shell import screen, session
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of

ROOT = Path(__file__).parents[2]

PROGRAM = """
model small = random(seed = 3)
memory seen : map<text, int> kept in file("seen.db")
memory limit : int = 2
enum Side { left, right }

fn main(words: list<text>, size: number = 1/3) -> text {
  READ limit -> most
  for word in words {
    READ seen[word] -> times else 0
    WRITE times + 1 -> seen[word]
  }
  let sides = for word in words {
    (CHOOSE small "Where does ${word} go?" from Side).value
  }
  let drawn = ASK small(temperature = 1.0) "A word: @{word: text where 1 <= len(word) <= 5, max 6 tokens}"
  "${most} ${size * 3} ${sides} ${drawn.word}"
}
fn failing() -> int {
  let reply = ASK small "A digit: @{n: int where 0 <= n <= 9}"
  fail "always"
}
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.lot").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


def _last() -> Path:
    return max(session.runs_folder().glob("*.jsonl"))


SAME = ["answer  the same", "memory  the same", "hash    the same"]


@pytest.mark.parametrize(
    "words",
    [
        ["p.lot:main", 'words:=["a", "b", "a"]', "limit=5", "--seed", "11"],
        ["p.lot:main", "words:=[]", "--model", "first"],
        ["p.lot:failing"],
        ["p.lot", "-e", 'main(["x"], 2)'],
        [str(ROOT / "programs/turing/u15_2.lot"), "tape=1100", "head=3"],
        [f"{ROOT / 'tests/spec/docs/solver.lot'}:answer", "question=a and b and c", "--model", "random"],
        [
            f"{ROOT / 'tests/spec/docs/solver.lot'}:answer",
            "question=a and b",
            "--model",
            "first",
            "--without",
            "divide",
        ],
    ],
    ids=lambda words: " ".join(words)[-40:],
)
def test_a_run_is_replayed_by_its_journal_alone(
    folder: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lot("run", *words)
    assert first.status in (0, 1), first
    for left in folder.glob("seen.db*"):
        left.unlink()
    monkeypatch.setattr(session, "opener", None)
    monkeypatch.setattr(session, "open_file", None)
    printed = lot("replay")
    assert printed.out.splitlines()[1:] == SAME, printed
    assert printed.status == 0
    assert not list(folder.glob("seen.db*"))
    assert len(list(session.runs_folder().glob("*.jsonl"))) == 1


def test_the_header_has_all_that_a_replay_needs(folder: Path) -> None:
    lot("run", "p.lot:main", "words:=[]", "limit=5", "--seed", "11")
    header = json.loads(_last().read_text("utf-8").split("\n")[0])
    assert (header["given"], header["seed"], header["without"]) == (["limit", "words"], 11, [])
    assert header["memory"] == {"limit": [[None, 5]], "seen": []}
    assert header["arguments"] == [[], {"number": "1/3"}]
    assert header["file"] == str(folder / "p.lot")


def test_it_can_be_replayed_from_another_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lot("run", "p.lot:main", 'words:=["a"]')
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert lot("replay", str(_last())).status == 0


def test_a_changed_program_is_refused_and_a_comment_is_no_change(folder: Path) -> None:
    lot("run", "p.lot:main", 'words:=["a"]')
    (folder / "p.lot").write_text("# seen again\n" + PROGRAM, encoding="utf-8")
    assert lot("replay").status == 0
    (folder / "p.lot").write_text(PROGRAM.replace("most} ", "most}, "), encoding="utf-8")
    for command in ("replay", "trace"):
        printed = lot(command)
        assert printed.status == 2
        assert printed.err.startswith("error[LOT-E0644]: the program `p.lot` has changed since this run")


def test_what_comes_out_otherwise_is_said(folder: Path) -> None:
    lot("run", "p.lot:main", 'words:=["a"]')
    file = _last()
    lines = file.read_text("utf-8").split("\n")
    end = json.loads(lines[-2])
    end["end"]["value"], end["hash"] = "something else", "0"
    file.write_text("\n".join([*lines[:-2], json.dumps(end), ""]), encoding="utf-8")
    printed = lot("replay", str(file))
    assert (printed.status, printed.out.splitlines()[1:]) == (1, ["answer  another", SAME[1], "hash    another"])
    data = json.loads(lot("replay", str(file), "--json").out)
    assert data["same"] == {"answer": False, "memory": True, "hash": False}


def test_a_run_that_was_cut_short_is_traced_up_to_there(folder: Path) -> None:
    lot("run", "p.lot:main", 'words:=["a"]')
    file = _last()
    lines = file.read_text("utf-8").splitlines(keepends=True)
    first_reply = next(at for at, line in enumerate(lines) if '"reply"' in line)
    file.write_text("".join(lines[: first_reply + 1]), encoding="utf-8")
    printed = lot("replay", str(file))
    assert printed.status == 2
    assert printed.err.startswith("error[LOT-E0604]: the journal has no reply to what the program asks at `main/ask#1`")
    traced = lot("trace", str(file))
    assert traced.status == 0
    assert traced.out.splitlines()[-1].strip() == "the journal has no reply to what the program asks at `main/ask#1`"


def test_a_run_of_the_repl_or_of_a_text_is_no_replay(folder: Path) -> None:
    lot("repl", "p.lot", "--model", "first", stdin=b'main(["a"])\n')
    assert lot("replay").err.startswith("error[LOT-E0645]: the run of ")
    lotterylang.loads(PROGRAM).run("main", words=[])
    assert lot("replay").err.startswith("error[LOT-E0645]: the run of ")
    lot("run", "p.lot:main", "words:=[]")
    (folder / "p.lot").unlink()
    assert lot("replay").err.startswith("error[LOT-E0645]: the run of ")


class Half:
    """A model that answers one prompt and lets the others wait for ever."""

    name = identity = "half"

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = []
        for effect in effects:
            future: Future[Reply] = Future()
            if "part 1" in str(effect.prompt):
                future.set_result(Asked((("a", "yes"),)))
            futures.append(future)
        return futures

    def close(self) -> None:
        pass


class Refusing(Half):
    """A model that finds no room in the budget for one prompt, and gives up in the middle of the others."""

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = []
        for effect in effects:
            read = Observed() if "part 1" in str(effect.prompt) else Observed(prompt_tokens=7)
            futures.append(Future())
            futures[-1].set_result(Failed("BudgetSpent", "no tokens are left", read))
        return futures


def test_a_call_that_the_budget_had_no_room_for_is_not_counted() -> None:
    program, log = check(source_of("any.lot", ANY)), journal.Journal({})
    runner = Runner(program, lambda declaration: Refusing())
    outcome = runner.run(runner.unit.codes["main"], (), journal=log)
    told = screen.stats(session.Finished(program, outcome, log, None, 0))
    assert (len(log.records), told["calls"], told["asked"]) == (3, 2, 2)


ANY = """
model small = first()
fn part(n: int) -> text {
  if n == 0 { fail "never" }
  (ASK small "part ${n}: @{a: text where len(a) <= 9}").a
}
fn main() -> text { DIVIDE any 0..3 with part }
"""


def test_what_was_cancelled_before_its_reply_is_not_missed() -> None:
    program, file = check(source_of("any.lot", ANY)), io.StringIO()
    runner = Runner(program, lambda declaration: Half())
    outcome = runner.run(runner.unit.codes["main"], (), journal=journal.Journal({}, file))
    records = [json.loads(line) for line in file.getvalue().splitlines()]
    recorded = journal.replies_of(record for record in records if "reply" in record)
    assert (outcome.value, len(recorded)) == ("yes", 1)
    again = Runner(program, None, Settings(recorded=recorded, asks_nobody=True))  # type: ignore[arg-type]
    replayed = again.run(again.unit.codes["main"])
    assert (replayed.value, replayed.hash) == (outcome.value, outcome.hash)
    nothing = Runner(program, None, Settings(recorded={}, asks_nobody=True))  # type: ignore[arg-type]
    with pytest.raises(LotError, match="no reply to what the program asks"):
        nothing.run(nothing.unit.codes["main"])


# the trace


def test_a_trace_has_lines_names_memory_and_effects(folder: Path) -> None:
    lot("run", "p.lot:main", 'words:=["a", "b"]', "--model", "first")
    lot("run", "p.lot:main", 'words:=["a", "b"]', "--model", "first", "limit=7")
    lines = [line.strip() for line in lot("trace").out.splitlines()]
    assert "1  p.lot:8:3  main  READ limit -> most" in lines
    assert "limit holds 7" in lines
    assert 'word = "a"' in lines
    assert 'seen["a"] holds 1' in lines and 'seen["b"] = 2' in lines
    assert any(line.startswith("CHOOSE  main/for") for line in lines)
    assert "ASK  main/ask#1" in lines


def test_a_function_that_is_passed_is_shown_by_its_name(folder: Path) -> None:
    program = "fn twice(f: fn(int) -> int) -> int { f(f(1)) }\nfn next(x: int) -> int { x + 1 }\n"
    program += "fn main() -> int { twice(next) + twice(x => x * 2) }\n"
    (folder / "passed.lot").write_text(program, encoding="utf-8")
    lot("run", "passed.lot")
    lines = [line.strip() for line in lot("trace").out.splitlines()]
    assert "f = next" in lines and "f = a function" in lines


def test_the_last_steps_are_kept_and_all_on_request(folder: Path) -> None:
    machine = str(ROOT / "programs/turing/u15_2.lot")
    lot("run", machine, "tape=1100", "head=3")
    every = [json.loads(line) for line in lot("trace", "--json", "--all").out.splitlines()]
    assert [step["step"] for step in every] == list(range(1, len(every) + 1))
    assert every[0]["place"].startswith(machine)
    last = [json.loads(line) for line in lot("trace", "--json", "--last", "5").out.splitlines()]
    assert last == every[-5:]
    head = lot("trace", "--last", "5").out.splitlines()[0]
    assert head == f"the last 5 of {len(every)} steps; `--all` shows every one"


def test_what_an_attempt_wrote_and_undid_is_in_the_trace(folder: Path) -> None:
    text = """
memory count : int = 0
fn main() -> int {
  let got = try {
    WRITE 5 -> count
    fail "no"
  } catch Rejected { 1 }
  READ count -> n
  n + got
}
"""
    (folder / "t.lot").write_text(text, encoding="utf-8")
    assert lot("run", "t.lot").out == "1\n"
    lines = [line.strip() for line in lot("trace").out.splitlines()]
    assert lines.index("count = 5") < lines.index("count is unwritten")


def test_a_trace_changes_nothing(folder: Path) -> None:
    lot("run", "p.lot:main", 'words:=["a"]')
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert lot("trace", "--json").status == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
