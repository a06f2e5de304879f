"""The real model at temperature 1: every reply is a value of its hole's type, or a typed failure."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from lotterylang.check import check
from lotterylang.run.effects import Model
from lotterylang.run.runner import Runner
from lotterylang.run.values import Case, Record, Value
from lotterylang.syntax.parser import source_of
from lotterylang.world.model.open import open_model

pytestmark = pytest.mark.live

HEAD = """
model small = onnx("smollm2-135m-instruct", seed = 11)
enum Route { calculator = "a calculation", facts = "a fact to look up", think = "neither" }
type Point { x: int, label: "near" | "far" }
let towns = ["Oslo", "Bergen", "Tromsø by the sea"]
let passage = "The fair is in Oslo. It rains on the second day."
"""

HOLES = [
    ("n: int where {low} <= n <= {high}", lambda v, low, high: low <= v <= high),
    ("n: int", lambda v, low, high: isinstance(v, int)),
    ("n: number where {low} <= n <= {high}", lambda v, low, high: low <= v <= high),
    ("n: bool", lambda v, low, high: isinstance(v, bool)),
    ("n: Route", lambda v, low, high: isinstance(v, Case)),
    ('n: "red" | "green"', lambda v, low, high: v in ("red", "green")),
    ("n: text where 1 <= len(n) <= 20", lambda v, low, high: 1 <= len(v) <= 20 and "\n" not in v),
    ('n: text, stop ".", max 12 tokens', lambda v, low, high: "." not in v),
    ("n: text where n in towns", lambda v, low, high: v in ("Oslo", "Bergen", "Tromsø by the sea")),
    (
        'n: text where matches(n, "[A-Z][a-z]{{1,8}}"), max 12 tokens',
        lambda v, low, high: v[0].isupper() and 2 <= len(v) <= 9,
    ),
    (
        "n: text where contains(passage, n) and 1 <= len(n) <= 12",
        lambda v, low, high: v in "The fair is in Oslo. It rains on the second day." and 1 <= len(v) <= 12,
    ),
    (
        "n: list<int> where 1 <= len(n) <= 3 and every(n, x => 0 <= x <= 99)",
        lambda v, low, high: 1 <= len(v) <= 3 and all(0 <= x <= 99 for x in v),
    ),
    ("n: int? where {low} <= n <= {high}", lambda v, low, high: v is None or low <= v <= high),
    ("n: Point", lambda v, low, high: isinstance(v, Record) and v.fields["label"] in ("near", "far")),
]

PROMPTS = ["A value: {hole}", "user: Give me something.\n    assistant: {hole}", "Q: what?\n    A: {hole}\n    Next"]


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model("smollm2-135m-instruct")


def test_300_replies_are_of_their_types_or_typed_failures(model: Model) -> None:
    dice, seen = random.Random(5), Counter[str]()
    for number in range(300):
        hole, holds = HOLES[number % len(HOLES)]
        low, high = sorted(dice.sample(range(-5, 2000), 2))
        prompt = PROMPTS[number % len(PROMPTS)].format(hole="@{" + hole.format(low=low, high=high) + "}")
        text = f'{HEAD}\nfn run() {{\n  ASK small(temperature = 1) """\n    {prompt}\n    """\n}}\n'
        seen[answered(model, text, number, lambda v, holds=holds, low=low, high=high: holds(v, low, high))] += 1
    assert seen["value"] >= 270, seen
    assert set(seen) <= {"value", "Truncated", "Impossible"}, seen


def answered(model: Model, text: str, seed: int, holds: object) -> str:
    """Run a program that asks once: `value` if the reply holds, else the kind of its failure."""
    runner = Runner(check(source_of("asked", text)), lambda declaration: model)
    runner.settings = type(runner.settings)(seed=seed)
    outcome = runner.run(runner.unit.codes["run"])
    if outcome.failure is not None:
        return outcome.failure.kind
    value: Value = outcome.value.fields["n"]
    assert holds(value), (text, value)  # type: ignore[operator]
    return "value"


@pytest.mark.parametrize("longest", [400, 4_000])
def test_a_long_text_of_several_lines_is_written(model: Model, longest: int) -> None:
    hole = f'@{{n: text where 1 <= len(n) <= {longest}, lines, stop "\\n\\n", max 30 tokens}}'
    text = f'{HEAD}\nfn run() {{\n  ASK small """\n    user: Write some code.\n    assistant: {hole}\n    """\n}}\n'
    assert answered(model, text, 0, lambda v: 1 <= len(v) <= longest) in ("value", "Truncated")
