"""Tasks: fresh arguments for each program of the bench, so that every round begins with a text that nobody has read."""

from __future__ import annotations

import random
from typing import Any

from bench.engine.stage import Stage

PREFIX, PARTS, EXAMPLES = 600, 24, 6
_NAMES = ("Anna", "Omar", "Lucy", "Ivan", "Mara", "Chen", "Nora", "Paul", "Rosa", "Emil", "Tara", "Hugo")
_THINGS = ("pens", "books", "apples", "stamps", "coins", "marbles", "cards", "shells", "nails", "tickets")


def arguments(program: str, number: int, stage: Stage) -> dict[str, Any]:
    """Give what a program is called with in a round."""
    if program == "consistency":
        dice = random.Random(number)
        examples = [f"Q: {question}\nA: {why}\n" for question, why in (_sum(dice) for _ in range(EXAMPLES))]
        return {"examples": "\n".join(examples), "question": _sum(dice)[0]}
    passage = " ".join(stage.text(PREFIX).split())
    if program == "tree":
        return {"about": passage}
    words = sorted({word.strip(".,()\"'") for word in passage.split() if len(word) > 4}, key=lambda w: (-len(w), w))
    return {"passage": passage, "subjects": words[:PARTS]}


def _sum(dice: random.Random) -> tuple[str, str]:
    """Invent a question and how it is worked out."""
    name, thing = dice.choice(_NAMES), dice.choice(_THINGS)
    boxes, each, gone = dice.randint(3, 9), dice.randint(11, 30), dice.randint(2, 25)
    question = (
        f"{name} has {boxes} boxes with {each} {thing} in each of them, and gives {gone} {thing} away. "
        f"How many {thing} are left?"
    )
    total = boxes * each
    why = (
        f"In {boxes} boxes with {each} {thing} each there are {boxes} times {each}, which is {total} {thing}. "
        f"Without the {gone} that are given away it is {total} less {gone}. The answer is {total - gone}."
    )
    return question, why
