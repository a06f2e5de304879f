"""Questions: what one step answers and what needs several; what needs a calculation, a fact, or neither.

For `divide` and `route`. A question of one step carries clauses that ask for nothing, so that length gives little away.
"""

from __future__ import annotations

import re
from random import Random

from bench.decisions.items import NO, YES, Item, filled, half, material

DIVIDE = material("divide")
ROUTE = material("route")

CASES = [line.split(": ", 1) for line in material("cases")]


def _case(name: str, said: str, need: str = "") -> dict[str, str]:
    examples = "\n".join(f"- {text}" for case, text in CASES if case == name)
    return {"case": said, "examples": examples, "need": need}


STEPS = (_case("several", "that take several steps"), _case("one", "that take one step"))
NEEDS = (
    _case("calculation", "that have to be calculated", "a calculation"),
    _case("fact", "about a fact that can be looked up", "a fact to look up"),
    _case("neither", "about feelings, opinions or a text to be written", "neither"),
)
"""The cases as a program describes them, with examples that stand in neither half."""


def divide(random: Random, part: int, position: int) -> Item:
    """Draw a question: does it need several steps?"""
    right = YES if position % 2 else NO
    kind, both = random.choice(list(half(DIVIDE, part))).split(": ", 1)
    one, several = both.split(" | ")
    question = filled(several if right == YES else one, random, part)
    return Item({"question": question}, right, kind, STEPS)


def route(random: Random, part: int, position: int) -> Item:
    """Draw a question: does it need a calculation, a fact to look up, or neither?"""
    kinds = ("calculation", "fact", "neither")
    right = position % 3
    lines = [line for line in half(ROUTE, part) if line.startswith(kinds[right])]
    question = filled(random.choice(lines).split(": ", 1)[1], random, part)
    return Item({"question": question}, right, kinds[right], NEEDS)


def divide_rule(item: Item) -> list[float]:
    """Count what an engineer would look for: comparisons, `and`, two sentences, three numbers, `of the`."""
    text = item.slots["question"].lower()
    signs = len(re.findall(r"\bthan\b|\bor\b|\band\b|\bwhich is\b|\beach\b|\bthen\b|\bof the\b|,", text))
    return [signs + (len(re.findall(r"\d+", text)) > 2) - 1.5, 0.0]


def route_rule(item: Item) -> list[float]:
    """Take two numbers for a calculation, a question word for a fact."""
    text = item.slots["question"].lower()
    numbers = len(re.findall(r"\d+", text))
    asks = re.match(r"(who|when|where|which|how many|how tall|what is|in which)\b", text) is not None
    return [numbers - 1.5, asks - 0.4, 0.0]
