"""Figures with their intervals: the area under the ROC curve, shares, and the bootstrap."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt

DRAWS = 2_000
"""Resamples of a bootstrap."""


@dataclass(frozen=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write as the tables do."""
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"

    def as_json(self) -> dict[str, float]:
        """Give what the last line of a bench holds."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def wilson(hits: float, count: int) -> Figure:
    """Give a share with Wilson's interval."""
    z = 1.959964
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    wide = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return Figure(share, max(0.0, min(share, middle - wide)), min(1.0, max(share, middle + wide)))  # rounding aside


Values = Sequence[float] | npt.NDArray[np.float64]


def area(positive: Values, negative: Values) -> float:
    """Give the chance that a positive scores above a negative, ties counted half (the AUC)."""
    if not len(positive) or not len(negative):
        return 0.5
    high, low = np.asarray(positive)[:, None], np.asarray(negative)[None, :]
    return float(np.mean((high > low) + 0.5 * (high == low)))


def auc(scores: Sequence[float], truths: Sequence[bool], seed: int = 0) -> Figure:
    """Give the AUC of scores with a bootstrap interval over the items, each class resampled by itself."""
    positive = np.array([score for score, truth in zip(scores, truths, strict=True) if truth])
    negative = np.array([score for score, truth in zip(scores, truths, strict=True) if not truth])
    chance = np.random.default_rng(seed)

    def again() -> float:
        return area(chance.choice(positive, len(positive)), chance.choice(negative, len(negative)))

    return _between(area(positive, negative), again)


def mean(values: Sequence[float], seed: int = 0) -> Figure:
    """Give a mean with a bootstrap interval."""
    array = np.asarray(values, dtype=float)
    chance = np.random.default_rng(seed)
    return _between(float(array.mean()), lambda: float(chance.choice(array, len(array)).mean()))


def ranked(scores: Sequence[float], right: int) -> float:
    """Give the share of wrong options that score below the right one: the AUC within one item."""
    return area([scores[right]], [score for place, score in enumerate(scores) if place != right])


def best(scores: Sequence[float], random: Random) -> int:
    """Give the place of the highest score, by lot where several are."""
    top = max(scores)
    return random.choice([place for place, score in enumerate(scores) if score == top])


def _between(value: float, again: Callable[[], float]) -> Figure:
    low, high = np.percentile([again() for _ in range(DRAWS)], [2.5, 97.5])
    return Figure(value, float(min(low, value)), float(max(high, value)))
