"""Decimals: which of two or three numbers is larger or smaller? Items, and what is asked of the model.

The model picks the relation, the comparison is exact. The items are generated, so their answers are known. The wordings
are in two halves: askings were chosen on one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from bench.prompts import prompt
from lotterylang.run.effects import Ask, Choose, ModelEffect, Prompt, Turn
from lotterylang.run.shapes import Free, Hole, OneOf

LARGER, SMALLER = " larger", " smaller"

# the half for development | the half for figures
WORDINGS = {
    LARGER: """
which is larger, {these}? | Which number is bigger: {these}?
What is the greatest of {those}? | Of the numbers {those}, which is the largest?
{these} - which one is higher? | Tell me the maximum of {those}.
Jumps of {those} metres: which was the farthest? | Which of these weighs more, in kilograms: {these}?
""",
    SMALLER: """
which is smaller, {these}? | Which number is less: {these}?
What is the least of {those}? | Of the numbers {those}, which is the smallest?
{these} - which one is lower? | Tell me the minimum of {those}.
Which of these prices is the cheapest: {these}? | Which of these weighs less, in kilograms: {these}?
""",
}

ASKED = "Question: ${question}\nThe question asks for the number that is"


@dataclass(frozen=True)
class Comparison:
    """A question about decimals, the numbers as it writes them, and the right one."""

    question: str
    numbers: tuple[str, ...]
    relation: str
    right: str


def drawn(count: int, half: int, seed: int = 0) -> list[Comparison]:
    """Draw questions, both relations equally often, every third with three numbers; `half` picks the wordings."""
    random = Random(f"decimals {half} {seed}")
    wordings = {
        relation: [line.split(" | ")[half] for line in block.strip().splitlines()]
        for relation, block in WORDINGS.items()
    }
    return [_drawn(random, wordings, position) for position in range(count)]


def alone(item: Comparison) -> list[ModelEffect]:
    """Ask the model by itself: a free reply, and one that must be one of the numbers."""
    free, one = Hole("reply", Free(), max_tokens=24), Hole("reply", OneOf(item.numbers))
    return [Ask("alone", "small", _chat(item.question, hole)) for hole in (free, one)]


def relation(item: Comparison) -> Choose:
    """Ask which relation the question names: its wording against no question."""
    here, empty = (prompt(ASKED, {"question": question}) for question in (item.question, ""))
    return Choose("relation", "small", here, (LARGER, SMALLER), contrast=(empty,))


def by_word(item: Comparison) -> tuple[float, float]:
    """Score the relations without a model: `smaller` where the question says it, else `larger`."""
    return 0.5, float("smaller" in item.question)


def mentioned(reply: str, item: Comparison) -> str:
    """Give the first of the item's numbers that a free reply names."""
    found = re.findall(r"\d+(?:\.\d+)?", reply)
    return next((number for number in found if number in item.numbers), "")


def compared(item: Comparison, scores: Sequence[float]) -> str:
    """Give the number that stands in the relation with the higher score."""
    pick = max if scores[0] > scores[1] else min
    return pick(item.numbers, key=Fraction)


def _drawn(random: Random, wordings: dict[str, list[str]], position: int) -> Comparison:
    relation = (LARGER, SMALLER)[position % 2]
    listed = wordings[relation]
    numbers = _numbers(random, 3 if position % 3 == 2 else 2)
    said = listed[position // 2 % len(listed)]
    several = ", ".join(numbers[:-1])
    question = said.format(these=f"{several} or {numbers[-1]}", those=f"{several} and {numbers[-1]}")
    right = (max if relation == LARGER else min)(numbers, key=Fraction)
    return Comparison(question, numbers, relation, right)


def _numbers(random: Random, count: int) -> tuple[str, ...]:
    """Draw numbers with the same whole part whose digits after the point mislead: 9.11 and 9.9."""
    whole = random.randrange(1, 40)
    tenth = random.randrange(2, 10)
    found = [f"{whole}.{tenth}", f"{whole}.{random.randrange(10, 10 * tenth)}"]
    while len(found) < count:
        more = f"{whole}.{random.randrange(100, 1000)}"
        found += [more] if Fraction(more) not in map(Fraction, found) else []
    random.shuffle(found)
    return tuple(found)


def _chat(question: str, hole: Hole) -> Prompt:
    return Prompt((Turn("user", (question,)), Turn("assistant", (hole,))))
