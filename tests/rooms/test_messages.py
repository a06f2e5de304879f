"""What is said of commands, files and what else lies outside a program, whole; and no code is without a golden."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

import lotterylang
from command import lot
from golden import assert_golden
from lotterylang.shell import explain, formatting

MESSAGES = Path(__file__).parents[1] / "messages"
PLAIN = "fn run(n: int = 1) -> int { n }\n"
ASKING = 'model small = onnx("smollm2-135m-instruct")\nfn run() -> int { (ASK small "n: @{n: int}").n }\n'
KEPT = """memory count : int = 0 kept in file("kept.db")
fn run() -> int {
  READ count -> n
  WRITE n + 1 -> count
  n
}
"""

RECORD = "type P { a: int }\nfn run(p: P) -> int { p.a }\n"

COMMANDS: dict[str, tuple[dict[str, str | bytes], tuple[str, ...]]] = {
    "LOT-E0103 brackets": ({"p.lot": "let a = " + "[" * 100 + "]" * 100}, ("check", "p.lot")),
    "LOT-E0106 no file": ({}, ("check", "p.lot")),
    "LOT-E0107 no text": ({"p.lot": b"let a = \xff"}, ("check", "p.lot")),
    "LOT-E0108 NUL": ({"p.lot": "let a = 1\0"}, ("check", "p.lot")),
    "LOT-E0109 too large": ({"p.lot": "# x\n" * 1_000_000}, ("check", "p.lot")),
    "LOT-E0222 modules in a circle": (
        {"p.lot": 'import "q.lot"\nfn f() -> int { q() }\n', "q.lot": 'import "p.lot"\nfn q() -> int { p.f() }\n'},
        ("check", "p.lot"),
    ),
    "LOT-E0648 no atom": ({}, ("why", "--atom", "sits(X)")),
    "LOT-E0225 a name of another module": (
        {
            "p.lot": 'import "q.lot"\nfn f() -> int { q._own() }\n',
            "q.lot": "fn q() -> int { _own() }\nfn _own() -> int { 1 }\n",
        },
        ("check", "p.lot"),
    ),
    "LOT-E0601 no journal": ({"p.lot": PLAIN}, ("why", "p.lot")),
    "LOT-E0603 a constant": ({"p.lot": "let a = 1 // 0\nfn run() -> int { a }\n"}, ("run", "p.lot")),
    "LOT-E0605 a tool": (
        {"p.lot": 'tool calc(x: text) -> list<Hit> = std.tools.search\nfn run() -> list<Hit> { CALL calc("2") }\n'},
        ("run", "p.lot"),
    ),
    "LOT-E0611 no value": ({"p.lot": PLAIN}, ("run", "p.lot", "n")),
    "LOT-E0612 no such file": ({"p.lot": PLAIN}, ("run", "p.lot", "n=@none")),
    "LOT-E0612 no text": ({"p.lot": PLAIN, "b": b"\xff"}, ("run", "p.lot", "n=@b")),
    "LOT-E0613 another type": ({"p.lot": PLAIN}, ("run", "p.lot", "n=one")),
    "LOT-E0613 no JSON": ({"p.lot": PLAIN}, ("run", "p.lot", "n:=[1")),
    "LOT-E0613 a record": ({"p.lot": RECORD}, ("run", "p.lot", "p=one")),
    "LOT-E0611 given twice": ({"p.lot": PLAIN}, ("run", "p.lot", "n=1", "n=2")),
    "LOT-E0613 a function": ({"p.lot": "fn run(f: fn(int) -> int) -> int { f(1) }\n"}, ("run", "p.lot", "f=run")),
    "LOT-E0614 no parameter": ({"p.lot": PLAIN}, ("run", "p.lot", "m=1")),
    "LOT-E0615 no function": ({"p.lot": PLAIN}, ("run", "p.lot:walk")),
    "LOT-E0615 none named": ({"p.lot": "let a = 1\n"}, ("run", "p.lot")),
    "LOT-E0616 no argument": ({"p.lot": "fn run(x: int) -> int { x }\n"}, ("run", "p.lot")),
    "LOT-E0617 a folder": ({"p.lot": "fn f(  ) -> int { 1 }\n", "file": ""}, ("init", "file")),
    "LOT-E0618 not fetched": ({}, ("model", "path", "smollm2-135m-instruct")),
    "LOT-E0619 no run": ({}, ("why",)),
    "LOT-E0621 a file is there": ({"find.lot": "mine"}, ("init", ".")),
    "LOT-E0622 no leave": ({"p.lot": PLAIN}, ("run", "p.lot", "--allow", "write file")),
    "LOT-E0623 no ability": ({"p.lot": PLAIN}, ("run", "p.lot", "--without", "luck")),
    "LOT-E0629 no code": ({}, ("explain", "LOT-E0299")),
    "LOT-E0641 a damaged memory": ({"p.lot": KEPT, "kept.db": b"nothing that can be read" * 50}, ("run", "p.lot")),
    "LOT-E0643 a kept memory given": ({"p.lot": KEPT}, ("run", "p.lot", "count=3")),
    "LOT-E0424 an index of the command line": ({"a.txt": "x"}, ("index", "build", "a.txt", "sise=80", "rank=hybrid")),
    "LOT-E0651 no source": ({}, ("index", "build", "none")),
    "LOT-E0655 no index yet": ({"a.txt": "x"}, ("index", "check", "a.txt")),
    "LOT-E0655 no such index": ({"p.lot": 'index a = hnsw("a.txt")\n'}, ("index", "info", "p.lot:b")),
    "LOT-E0655 several indexes": (
        {"p.lot": 'index a = hnsw("a.txt")\nindex b = hnsw("b.txt")\n'},
        ("index", "info", "p.lot"),
    ),
    "LOT-E0655 tools": (
        {"p.lot": "tool calc(x: text) -> number = std.tools.calculate\nindex a = tools(calc)\n"},
        ("index", "build", "p.lot:a"),
    ),
    "LOT-E0655 said twice": ({"p.lot": 'index a = hnsw("a.txt")\n'}, ("index", "info", "p.lot", "size=80")),
    "LOT-E0655 no word": ({"a.txt": "x"}, ("index", "build", "a.txt", "80")),
    "LOT-E0703 an unknown model": ({"p.lot": ASKING}, ("run", "p.lot", "--model", "gpt-9")),
    "LOT-E0705 no recipe": ({"p.lot": ASKING}, ("run", "p.lot", "--model", "smollm2-135m-instruct:int5")),
    "LOT-E0721 no model file": ({"p.lot": ASKING}, ("run", "p.lot", "--model", "./none.gguf")),
    "LOT-E0731 a name taken": ({"m.gguf": "GGUF"}, ("model", "add", "smollm2-135m-instruct", "m.gguf")),
}
"""For each golden, the files that are there and the words after `lot`."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_refused_in_these_words(name: str, folder: Path) -> None:
    files, words = COMMANDS[name]
    for path, content in files.items():
        (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    printed = lot(*words)
    assert printed.status == 2
    assert_golden(name, printed.err, folder)


def test_a_failure_in_python_is_told_in_these_words() -> None:
    with pytest.raises(lotterylang.LotError) as caught:
        lotterylang.loads("fn run(x: int) -> int { 1 // x }").run(x=0)
    assert_golden("LOT-E0620 a failure", caught.value)


def test_a_program_that_cannot_be_formatted_is_told_in_these_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changes(source: object) -> str:
        raise ValueError("the canonical form says something else")

    monkeypatch.setattr(formatting, "formatted", changes)
    (folder / "p.lot").write_text(PLAIN)
    assert_golden("LOT-E0630 cannot format", lot("fmt", "p.lot").err, folder)
    assert (folder / "p.lot").read_text() == PLAIN


@pytest.mark.parametrize(
    ("name", "entry"),
    [("LOT-E0631 nothing to undo", ":undo"), ("LOT-E0632 no command", ":tpye 1"), ("LOT-E0632 no value", ":type")],
)
def test_the_repl_refuses_in_these_words(name: str, entry: str) -> None:
    assert_golden(name, lot("repl", "--model", "first", stdin=f"{entry}\n".encode()).err)


def test_a_damaged_journal_is_told_in_these_words(folder: Path) -> None:
    (folder / "p.lot").write_text(ASKING)
    assert lot("run", "p.lot", "--model", "first").status == 0
    (journal,) = (folder.parent / "home").rglob("*.jsonl")
    lines = journal.read_text().splitlines()
    lines[1] = lines[1].replace("run/ask#1", "run/ask#2")
    journal.write_text("\n".join(lines) + "\n")
    assert_golden("LOT-E0602 a damaged journal", lot("why", str(journal)).err, folder.parent)


def test_a_file_of_another_memory_is_told_in_these_words(folder: Path) -> None:
    (folder / "p.lot").write_text(KEPT)
    assert lot("run", "p.lot").status == 0
    (folder / "p.lot").write_text(
        KEPT.replace("int = 0", 'text = "0"').replace("-> int", "-> text").replace("n + 1", "n")
    )
    assert_golden("LOT-E0642 another type", lot("run", "p.lot").err, folder)
    with sqlite3.connect(folder / "other.db") as other:
        other.execute("CREATE TABLE notes (text TEXT)")
    other.close()
    (folder / "p.lot").write_text(KEPT.replace("kept.db", "other.db"))
    assert_golden("LOT-E0642 another program's", lot("run", "p.lot").err, folder)


def test_a_run_that_cannot_be_replayed_is_told_in_these_words(folder: Path) -> None:
    (folder / "p.lot").write_text(PLAIN)
    assert lot("run", "p.lot").status == 0
    (folder / "p.lot").write_text(PLAIN.replace("{ n }", "{ n + 1 }"))
    assert_golden("LOT-E0644 a changed program", lot("replay").err, folder)
    lotterylang.loads(PLAIN).run()
    assert_golden("LOT-E0645 no replay", lot("replay").err, folder.parent)


def test_a_defect_is_told_in_these_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(source: object) -> str:
        raise KeyError("a defect")

    monkeypatch.delenv("LOT_DEBUG", raising=False)
    monkeypatch.setattr(formatting, "formatted", fails)
    (folder / "p.lot").write_text(PLAIN)
    printed = lot("fmt", "p.lot")
    assert printed.status == 70
    assert_golden("LOT-E0999 a defect", printed.err, folder.parent)


def test_every_code_has_a_golden() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in MESSAGES.rglob("*.txt"))
    given = set(re.findall(r"^error\[(LOT-E\d{4})\]", text, re.MULTILINE))
    assert sorted(explain.MEANINGS.keys() - given) == []
