"""Procedures: tasks with steps in their only sensible order (`order`), and sums right and wrong (`verify_sum`)."""

from __future__ import annotations

from random import Random

from bench.decisions.items import NO, POOLS, YES, Item, half, material

PROCEDURES = material("procedures")

_EARLY = set(POOLS["early"])
_LATE = set(POOLS["late"])


def order(random: Random, part: int, position: int) -> Item:
    """Draw two steps of a task: does the one named first come first?"""
    goal, listed = random.choice(list(half(PROCEDURES, part))).split(": ", 1)
    steps = listed.split(" | ")
    before, after = sorted(random.sample(range(len(steps)), 2))
    right = YES if position % 2 else NO
    one, other = (steps[before], steps[after]) if right == YES else (steps[after], steps[before])
    kind = "neighbours" if after == before + 1 else "far apart"
    return Item(
        {"goal": goal, "one": one, "other": other, "place": "first"},
        right,
        kind,
        ({"step": one, "then": other}, {"step": other, "then": one}),
    )


def verify_sum(random: Random, part: int, position: int) -> Item:
    """Draw a sum of two numbers, right or off by a digit."""
    one, other = (random.randrange(12 + part, 98, 2) for _ in range(2))
    right = YES if position % 2 else NO
    off = random.choice([-10, -2, -1, 1, 2, 10])
    total = one + other + (off if right == NO else 0)
    return Item({"sum": f"{one} + {other}", "total": str(total)}, right, "two digits")


def order_rule(item: Item) -> list[float]:
    """Count words that begin a task against words that end one."""
    one, other = (_late(item.slots[name]) for name in ("one", "other"))
    return [float(other - one), 0.0]


def _late(step: str) -> int:
    said = set(step.split())
    return len(said & _LATE) - len(said & _EARLY)


def verify_sum_rule(item: Item) -> list[float]:
    """Add the numbers."""
    one, other = map(int, item.slots["sum"].split(" + "))
    return [float(one + other == int(item.slots["total"])), 0.5]
