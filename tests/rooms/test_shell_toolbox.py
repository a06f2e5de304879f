"""Indexes of tools: a run searches what its tools do, and the model calls one of those that were found."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import lot

PROGRAM = """
model small = first()
uses tool price
tool calc(expression: text where len(expression) <= 40) -> number = std.tools.calculate
tool days(first: text where len(first) == 10, last: text where len(last) == 10) -> int = std.tools.days_between
tool cost(item: text where len(item) <= 9) -> int = "./shop.py:price"
index toolbox = tools(calc, days, cost)

fn found(question: text, k: int = 1) -> list<text> { for hit in FIND k in toolbox for question { hit.title } }
fn text_of(question: text) -> text { (FIND 1 in toolbox for question)[0].text }
fn called(question: text) -> text {
  let names = found(question)
  name_of((ASK small "${question} @{action: call<calc | days | cost> where name_of(action) in names}").action)
}
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    (tmp_path / "p.lot").write_text(PROGRAM, encoding="utf-8")
    shop = 'def price(item: str) -> int:\n    """Give the price of an item of the shop."""\n    return 3\n'
    (tmp_path / "shop.py").write_text(shop, encoding="utf-8")
    return str(tmp_path / "p.lot")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How many days lie from one date to another?", "days"),
        ("Calculate 6 * 7 exactly", "calc"),
        ("the price of tea in the shop", "cost"),
    ],
)
def test_the_tool_that_is_asked_for_is_found_and_called(program: str, question: str, name: str) -> None:
    assert lot("run", f"{program}:found", f"question={question}").out == f"{name}\n"
    assert lot("run", f"{program}:called", f"question={question}").out == f"{name}\n"


def test_a_hit_says_what_the_tool_does_and_takes(program: str) -> None:
    said = lot("run", f"{program}:text_of", "question=Calculate").out
    assert said.startswith("Calculate exactly") and said.endswith("Takes (expression: text).\n")


def test_a_tool_that_is_not_there_is_said_at_the_search(program: str) -> None:
    (Path(program).parent / "shop.py").unlink()
    assert "LOT-E0605" in lot("run", f"{program}:found", "question=price").err
