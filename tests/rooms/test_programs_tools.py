"""Programs of `programs/tools/` whose tools are real; no model is asked, dice at most."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from command import lot

TOOLS = Path(__file__).parents[2] / "programs" / "tools"


@pytest.mark.parametrize(
    ("measure", "item", "month", "found"),
    [("money", "green tea", "may", "104.5"), ("cups", "coffee", "any", "153"), ("cups", "it's", "any", "0")],
)
def test_a_table_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measure: str, item: str, month: str, found: str
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(TOOLS / "sales.py"))
    asked = (f"measure={measure}", f"item={item}", f"month={month}")
    program = f"{TOOLS / 'sales.lot'}:total"
    assert lot("run", "--allow", "sql", program, *asked).out == f"{found}\n"
    assert "Denied" in lot("run", program, *asked).err


def test_a_word_problem_is_calculated() -> None:
    question = "question=Ann has 12 plums and gives 5 away. How many are left?"
    said = lot("run", "--model", "random", str(TOOLS / "word_problem.lot"), question).out.strip()
    assert said in ("17", "7", "60", "2.4")


def test_python_of_a_model_is_run() -> None:
    failed = lot("run", "--model", "first", f"{TOOLS / 'pal.lot'}:main", "question=How many?")
    assert "This program" in failed.err and "Rejected" in failed.err
