"""A choice whose margin is noise is called so: on the screen, in JSON, by `lot why`; dice are never asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tiny_llama import tiny

from command import lot
from lotterylang.shell import margin

PROGRAM = """
model m = onnx("mine")
fn choice() -> bool { (CHOOSE m "Is it so?" from bool).value }
fn hole() -> bool { (ASK m "Is it so? @{a: bool}").a }
fn digits() -> int { (ASK m "Is it so? @{n: int where 0 <= n <= 9}").n }
fn two() -> list<bool> { for q in ["a", "b"] { (CHOOSE m "Is it ${q}?" from bool).value } }
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("margin")
    weights = tiny().write(folder / "tiny.gguf")
    path = folder / "p.lot"
    path.write_text(PROGRAM.replace("mine", str(weights)))
    return str(path)


@pytest.mark.parametrize("function", ["choice", "hole"])
def test_a_margin_under_the_threshold_is_said_everywhere(
    function: str, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(margin, "CANNOT_TELL", 1e9)
    printed = lot("run", f"{program}:{function}")
    assert printed.out in ("yes\n", "no\n")
    assert f"the model can't tell at {function}/" in printed.err
    assert "the model can't tell: a margin of" in lot("why").out
    assert json.loads(lot("run", f"{program}:{function}", "--json").out)["cannot_tell"] == [
        f"{function}/{'choose' if function == 'choice' else 'ask'}#1"
    ]


@pytest.mark.parametrize("function", ["choice", "hole", "digits"])
def test_a_clear_margin_is_not_mentioned(function: str, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(margin, "CANNOT_TELL", 1e9 if function == "digits" else 0.0)  # a number is no choice
    assert "can't tell" not in lot("run", f"{program}:{function}").err + lot("why").out


def test_several_are_counted(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(margin, "CANNOT_TELL", 1e9)
    assert "the model can't tell at 2 choices, first at two/for[0]" in lot("run", f"{program}:two").err


def test_dice_are_not_asked(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(margin, "CANNOT_TELL", 1e9)
    assert "can't tell" not in lot("run", f"{program}:choice", "--model", "random").err + lot("why").out


def test_scores_a_token_are_on_another_scale() -> None:
    asked = record([-1.0, -1.0])
    asked["effect"]["per_token"] = True
    assert margin.untold({"m": "smollm2-135m-instruct"}, [asked]) == []


def record(scores: list[float]) -> dict[str, Any]:
    reply = {"kind": "chosen", "scores": scores}
    return {"path": "a/choose#1", "effect": {"model": "m"}, "reply": reply, "observed": {}}


@pytest.mark.parametrize(
    ("scores", "size"), [([-3.0, -1.0, -1.05], 0.05), ([-1.0, -1.0], 0.0), ([-1.0, -5.0], None), ([-1.0], None)]
)
def test_the_margin_is_that_of_the_best_two(scores: list[float], size: float | None) -> None:
    found = margin.untold({"m": "smollm2-135m-instruct"}, [record(scores)])
    assert found == ([] if size is None else [("a/choose#1", pytest.approx(size))])
