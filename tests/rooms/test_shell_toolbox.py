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


LISTED = """
model small = first()
uses tool price
uses tool stock
tool calc(expression: text where len(expression) <= 40) -> number = std.tools.calculate
index toolbox = tools(std.tools, "./lib/mine.py")
index library = tools(std.tools)

fn found(question: text, k: int = 1) -> list<text> { for hit in FIND k in toolbox for question { hit.title } }
fn text_of(question: text) -> text { (FIND 1 in toolbox for question)[0].text }
fn act(names: list<text>) -> text {
  let next = ASK small "@{action: call<toolbox> where name_of(action) in names, max 40 tokens}"
  let seen = CALL next.action
  "${next.action} gave ${json(seen)}"
}
fn compute(question: text) -> text {
  let names = for hit in FIND 1 in library for question { hit.title }
  let next = ASK small "${question} @{action: call<library> where name_of(action) in names, max 40 tokens}"
  let seen = CALL next.action
  "${next.action} gave ${json(seen)}"
}
"""

MINE = """
import pathlib
pathlib.Path("ran").touch()

def price(item: str, count: int = 2) -> float:
    \"\"\"Give the price of an item of the shop.\"\"\"
    return 1.5 * count

def stock(item: str) -> dict[str, int]:
    \"\"\"Count what lies on the shelves.\"\"\"
    return {item: 3}

def _secret() -> int:
    return 1
"""


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lib").mkdir()
    (tmp_path / "p.lot").write_text(LISTED, encoding="utf-8")
    (tmp_path / "lib" / "mine.py").write_text(MINE, encoding="utf-8")
    return str(tmp_path / "p.lot")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("How many whole days lie between two dates?", "days_between"),
        ("Calculate 6 * 7 exactly", "calc"),
        ("the price of tea in the shop", "price"),
        ("what lies on the shelves", "stock"),
    ],
)
def test_an_index_of_many_tools_finds_those_of_the_library_and_of_a_file(listed: str, question: str, name: str) -> None:
    assert lot("run", f"{listed}:found", f"question={question}").out == f"{name}\n"


def test_to_check_and_to_search_runs_nothing_of_the_file(listed: str) -> None:
    assert lot("check", listed).status == 0
    said = lot("run", f"{listed}:text_of", "question=price").out
    assert said == "Give the price of an item of the shop. Takes (item: text, count: int).\n"
    assert lot("run", f"{listed}:found", "question=price", "k=9").status == 0
    assert not Path("ran").exists()


def test_a_listed_tool_is_called_with_the_leave_of_both(listed: str) -> None:
    denied = lot("run", f"{listed}:act", 'names=["price"]')
    assert "Denied" in denied.err and "--allow 'price'" in denied.err and not Path("ran").exists()
    found = lot("run", f"{listed}:act", 'names=["price"]', "--allow", "price")
    assert found.err == "" and found.out == 'price(item = "", count = 0) gave 0\n' and Path("ran").exists()
    assert lot("run", f"{listed}:act", 'names=["stock"]', "--allow", "stock").out == 'stock(item = "") gave {"": 3}\n'


def test_a_found_tool_of_the_library_is_called(listed: str) -> None:
    found = lot("run", f"{listed}:compute", "question=How many words has a text?")
    assert found.out == 'count_words(text = "") gave 0\n'


def test_without_the_programs_leave_nothing_listed_is_called(listed: str) -> None:
    text = Path(listed).read_text(encoding="utf-8").replace("uses tool stock\n", "")
    Path(listed).write_text(text, encoding="utf-8")
    assert "LOT-E0521" in lot("run", f"{listed}:act", 'names=["price"]', "--allow", "price").err


BOX = """
index box = tools(std.tools)
fn named(question: text) -> list<text> { for hit in FIND 1 in box for question { hit.title } }
fn words_in(x: text) -> int { CALL count_words(x) }
fn shown(m: model, names: list<text>) -> text {
  let next = ASK m "@{action: call<box> where name_of(action) in names, max 40 tokens}"
  match next.action { count_words(x) => "words of '${x}'", _ => "${next.action}" }
}
"""

USER = """
import box
model small = first()
fn total(x: text) -> int { box.words_in(x) }
fn main(question: text) -> text { box.shown(small, box.named(question)) }
"""


def test_a_module_lists_tools_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "box.lot").write_text(BOX, encoding="utf-8")
    (tmp_path / "main.lot").write_text(USER, encoding="utf-8")
    assert lot("run", f"{tmp_path}/main.lot:total", "x=one two").out == "2\n"
    assert lot("run", f"{tmp_path}/main.lot", "question=How many words has a text?").out == "words of ''\n"
    assert lot("run", f"{tmp_path}/main.lot", "question=Which day is today?").out == "box.today()\n"
