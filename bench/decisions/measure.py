"""Measuring: a decision and a model in, figures for every way of asking out, the dice and the cheap rule beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from bench import statistics
from bench.decisions.asking import WAYS, Asking
from bench.decisions.items import YES, Draw, Item, Rule
from bench.statistics import Figure
from lotterylang.run.effects import Model

Scores = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Decision:
    """One decision: its items, its cheap rule, the asking chosen for every way, those that were dropped.

    `bar` is the least AUC of its best way, where the language relies on it.
    """

    name: str
    asks: str
    draw: Draw
    rule: Rule
    chosen: tuple[Asking, ...]
    dropped: tuple[Asking, ...]
    bar: float | None = None

    @property
    def tried(self) -> int:
        """Count the askings that were tried."""
        return len(self.chosen) + len(self.dropped)


@dataclass(frozen=True)
class Arm:
    """What one arm reaches. In a decision of several options the AUC is taken within the item: right against wrong."""

    auc: Figure
    accuracy: Figure
    kinds: dict[str, float]

    def as_json(self) -> dict[str, object]:
        """Give what the last line of the bench holds."""
        kinds = {kind: round(value, 4) for kind, value in self.kinds.items()}
        return {"auc": self.auc.as_json(), "accuracy": self.accuracy.as_json(), "auc_by_kind": kinds}


def measured(decision: Decision, items: Sequence[Item], model: Model, dice: Sequence[Model]) -> dict[str, Arm]:
    """Measure every way of asking the model, then the arms without one."""
    by_way = {asking.way: asking for asking in decision.chosen}
    arms: dict[str, Arm] = {way: arm(items, answers(by_way[way], items, model)) for way in WAYS if way in by_way}
    for die in dice:
        arms[die.name] = arm(items, answers(by_way["raw"], items, die))
    arms["rule"] = arm(items, [decision.rule(item) for item in items])
    return arms


def answers(asking: Asking, items: Sequence[Item], model: Model) -> list[list[float]]:
    """Have a model score every option of every item."""
    asked = [asking.effects(item, f"{asking.way}/{place}") for place, item in enumerate(items)]
    futures = iter(model.submit([effect for effects in asked for effect in effects]))
    return [
        asking.scores(item, [next(futures).result() for _ in effects])
        for item, effects in zip(items, asked, strict=True)
    ]


def arm(items: Sequence[Item], scores: Scores) -> Arm:
    """Turn scores into figures. A tie is broken by lot."""
    lot = Random(1)
    hits = sum(statistics.best(row, lot) == item.right for item, row in zip(items, scores, strict=True))
    return Arm(_auc(items, scores), statistics.wilson(hits, len(items)), _by_kind(items, scores))


def best_threshold(items: Sequence[Item], scores: Scores) -> tuple[float, float]:
    """Find the threshold between yes and no that gets most items right, and that share. For development only."""
    margins = sorted(row[0] - row[1] for row in scores)
    between = [(low + high) / 2 for low, high in pairwise(margins)]

    def share(threshold: float) -> float:
        right = ((row[0] - row[1] > threshold) == (item.right == YES) for item, row in zip(items, scores, strict=True))
        return sum(right) / len(items)

    top = max(map(share, between))
    ties = [threshold for threshold in between if share(threshold) == top]
    return ties[len(ties) // 2], top


def _auc(items: Sequence[Item], scores: Scores) -> Figure:
    if len(items[0].options) == 2:
        return statistics.auc([row[0] - row[1] for row in scores], [item.right == YES for item in items])
    return statistics.mean([statistics.ranked(row, item.right) for item, row in zip(items, scores, strict=True)])


def _by_kind(items: Sequence[Item], scores: Scores) -> dict[str, float]:
    """Give the AUC of every kind; a kind that is always yes or always no is held against all others' opposites."""
    found: dict[str, float] = {}
    for kind in sorted({item.kind for item in items}):
        sides = {item.right for item in items if item.kind == kind}
        one_sided = len(items[0].options) == 2 and len(sides) == 1

        def belongs(item: Item, kind: str = kind, sides: set[int] = sides, one_sided: bool = one_sided) -> bool:
            return item.kind == kind or (one_sided and item.right not in sides)

        found[kind] = _plain_auc([pair for pair in zip(items, scores, strict=True) if belongs(pair[0])])
    return found


def _plain_auc(pairs: Sequence[tuple[Item, Sequence[float]]]) -> float:
    if len(pairs[0][0].options) > 2:
        return sum(statistics.ranked(row, item.right) for item, row in pairs) / len(pairs)
    sides: dict[bool, list[float]] = {True: [], False: []}
    for item, row in pairs:
        sides[item.right == YES].append(row[0] - row[1])
    return statistics.area(sides[True], sides[False])
