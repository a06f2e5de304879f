"""Questions: what one step answers and what needs several; what needs a calculation, a fact, or neither.

For `divide` and `route`. A question of one step carries clauses that ask for nothing, so that length gives little away.
"""

from __future__ import annotations

import re
from random import Random

from bench.decisions.items import NO, YES, Item, filled, half, material

DIVIDE = material("divide")
ROUTE = material("route")

# The cases as a program describes them, with examples that stand in neither half.
STEPS = (
    {
        "case": "that takes several steps",
        "examples": "- Is the aunt of Paul taller than the sister of Rosa?\n"
        "- Rosa buys 3 cups at 20 coins and pays with 100 coins. What does she get back?\n"
        "- Copy the address, print it and bring it to Paul.",
    },
    {
        "case": "that takes one step",
        "examples": "- How tall is the aunt of Paul, the woman with the green hat?\n"
        "- Rosa buys 3 cups at 20 coins in a shop by the sea. What does she pay?\n"
        "- Bring the heavy old suitcase to Paul in the garden.",
    },
)
NEEDS = (
    {
        "need": "a calculation",
        "case": "that has to be calculated",
        "examples": "- Paul has 30 cups and breaks 4; how many cups has he left?\n- What is 17 times 80?\n"
        "- Rosa runs 5 miles in 60 minutes; how long does she take for 2 miles?",
    },
    {
        "need": "a fact to look up",
        "case": "about a fact that can be looked up",
        "examples": "- Who painted the Mona Lisa?\n- How long is the river Danube?\n- When was Rosa Parks born?",
    },
    {
        "need": "neither",
        "case": "about feelings, opinions or a text to be written",
        "examples": "- Write a toast for Paul, who is 30 now.\n- What do you say to a child who is afraid of dogs?\n"
        "- Find a nice name for a boat.",
    },
)


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
