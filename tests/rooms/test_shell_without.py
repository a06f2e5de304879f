"""`--without`: each word takes away one ability, and leaves the rest of the program as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

import lotterylang
from command import lot
from lotterylang.check.solver import SWITCHES
from lotterylang.shell.without import WORDS

PROGRAM = """
tool look(query: text) -> list<Hit> = std.tools.search
index wiki = hnsw("wiki.jsonl")
logic odd(numbers: list<int>) -> is_odd(int) { is_odd(X) :- numbers(X), X \\ 2 = 1. }
memory solved : map<text, text>
memory asked : int = 0

solver outside(question: text) -> text {
  external question { "who" => "me" }
  direct   "nobody"
}
solver asking(question: text) -> text {
  requests [look(question)]
  direct   "${len(answers)} answers"
}
solver divided(question: text) -> text {
  divide   all words(question) when len(words(question)) > 1
  combine  join(for part in parts { part.answer }, "+")
  direct   "<${question}>"
}
solver verified(question: text) -> text {
  direct   question
  verify   false
}
solver selected(question: text) -> text {
  direct   "${question} ${feedback}"
  verify   Verdict(passed = contains(it, "again"), note = "again", score = 1)
  trials   2 until passed
}
solver kept(question: text) -> text {
  recall   solved[question]
  direct   count_up()
  store    solved[question]
}
fn count_up() -> text {
  READ asked -> n
  WRITE n + 1 -> asked
  "${n + 1}"
}
fn twice() -> text { kept("a") + kept("a") }
fn found() -> int { len(FIND 3 in wiki for "a") }
fn called() -> text { try { (CALL look("a"))[0].text } catch Denied { "denied" } }
fn deduced() -> text { match DEDUCE odd([1]) { Sat as s => "sat", Unsat as u => "unsat", Unknown => "unknown" } }
"""


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> str:
    path = tmp_path / "abilities.lot"
    path.write_text(PROGRAM, encoding="utf-8")
    return str(path)


CASES = {
    "external": ("outside", "who", "me", "nobody"),
    "divide": ("divided", "a b", "<a>+<b>", "<a b>"),
    "verify": ("verified", "a", None, "a"),
    "select": ("selected", "a", "a again", None),
    "memory": ("twice", None, "11", "12"),
    "knowledge": ("found", None, None, "0"),
    "tools": ("called", None, None, "denied"),
    "logic": ("deduced", None, "sat", "unknown"),
}


def test_every_word_has_a_case() -> None:
    assert set(CASES) == set(WORDS)


@pytest.mark.parametrize("word", CASES)
def test_a_run_does_without_one_ability(file: str, word: str) -> None:
    function, question, whole, less = CASES[word]
    given = [] if question is None else [f"question={question}"]
    for options, answer in (((), whole), (("--without", word), less)):
        printed = lot("run", f"{file}:{function}", *given, *options)
        assert (printed.status == 0) is (answer is not None), printed
        assert printed.out.strip() == (answer or ""), printed


def test_requests_are_none_without_what_is_outside(file: str) -> None:
    printed = lot("run", f"{file}:asking", "question=a", "--without", "external")
    assert printed.out == "0 answers\n", printed


def test_several_words_at_once_and_what_none_of_them_touches_is_the_same(file: str) -> None:
    others = ",".join(word for word in WORDS if word != "divide")
    assert lot("run", f"{file}:divided", "question=a b", "--without", others).out == "<a>+<b>\n"
    assert lot("run", f"{file}:twice", "--without", "memory", "--without", "divide, verify").out == "12\n"


def test_a_word_that_is_none_is_refused(file: str) -> None:
    printed = lot("run", f"{file}:twice", "--without", "luck")
    assert printed.status == 2
    assert printed.err.startswith("error[LOT-E0623]: a run can't do without `luck`")
    assert all(word in printed.err for word in SWITCHES)


def test_from_python(file: str) -> None:
    assert lotterylang.load(file, without=["memory"]).run("twice").value == "12"
    assert lotterylang.loads(PROGRAM).run("twice").value == "11"


def test_a_run_without_an_ability_is_not_the_same_run(file: str) -> None:
    whole = lotterylang.load(file, without=["tools"]).run("called")
    assert whole.journal is not None
    assert '"without":["tools"]' in whole.journal.read_text("utf-8").split("\n")[0].replace(" ", "")
