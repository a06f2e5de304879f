"""The programs of `programs/` on the real model: what a stranger sees first must be so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import lot

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "programs/first"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("who designed the lighthouse", "Margaret Hale"),
        ("how high is the tower", "44 metres"),
        ("how much does the trip cost", "35 crowns"),
        ("who won the world cup in 1998", "not in the text"),
        ("what is the capital of France", "not in the text"),
    ],
)
def test_a_question_is_answered_by_words_of_the_text_or_not_at_all(question: str, answer: str) -> None:
    words = [f"text=@{FIRST / 'lighthouse.txt'}", f"question={question}"]
    found = json.loads(lot("run", str(FIRST / "answer.lot"), *words, "--json").out)["value"]
    assert found["answer"] == answer
    assert answer in found["evidence"] or found["evidence"] == ""


@pytest.mark.parametrize(
    ("question", "answer", "page"),
    [
        ("who built the bell tower", "Marten Oake", "tower.md"),
        ("how many pupils has the school", "240", "school.md"),
        ("how much does a passport cost", "28 crowns", "council.md"),
        ("who gave the collection of river maps", "Josef Lindqvist", "library.md"),
        ("who won the world cup in 1998", "not in the handbook", ""),
    ],
)
def test_a_question_over_a_folder_is_answered_by_a_quotation_with_its_source(
    question: str, answer: str, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)  # the program says where its folder is, counted from here
    printed = lot("run", "programs/knowledge/handbook.lot", f"question={question}", "--json")
    found = json.loads(printed.out)["value"]
    assert (found["answer"], found["source"].partition(":")[0]) == (answer, page)
    assert answer in found["quote"] or found["quote"] == ""


@pytest.mark.parametrize(
    ("question", "answer"),
    [("Which is larger, 9.11 or 9.9?", "9.9"), ("What is the smallest of 2.5, 10 and 2.45?", "2.45")],
)
def test_numbers_are_compared_as_the_question_asks(question: str, answer: str) -> None:
    assert lot("run", str(FIRST / "compare.lot"), f"question={question}").out == f"{answer}\n"


def test_the_model_carries_out_the_rules_of_a_turing_machine() -> None:
    start = ["tape=1100110", "head=6", "state=G"]
    printed = lot("run", f"{ROOT / 'programs/turing/u15_2.lot'}:by_the_model", *start, "--json")
    assert json.loads(printed.out)["value"] == {"steps": 6, "tape": "1110110", "head": 0, "state": "J"}


def test_a_run_has_the_same_hash_again() -> None:
    words = ["run", str(FIRST / "compare.lot"), "question=Which is larger, 9.11 or 9.9?", "--json"]
    assert json.loads(lot(*words).out)["hash"] == json.loads(lot(*words).out)["hash"]
