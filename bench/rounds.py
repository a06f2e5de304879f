"""Arithmetic of the benches: rounds of figures in; medians, ratios, percentiles and the bars that fall short out.

Arms take turns within a round, so a ratio is taken by round first: what slows the machine down for a while slows both.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ROUNDS = 5


def ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """Give the median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def percentile(values: Iterable[float], share: float) -> float:
    """Give the least value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must reach (`least`) or stay under (`most`)."""

    what: str
    found: float
    least: float | None = None
    most: float | None = None

    @property
    def is_met(self) -> bool:
        """Tell whether the figure is as it must be."""
        reaches = self.least is None or self.found >= self.least
        return reaches and (self.most is None or self.found <= self.most)

    @property
    def told(self) -> str:
        """Say what was found and what is wanted."""
        wanted = f"at least {self.least:.3g}" if self.least is not None else f"at most {self.most:.3g}"
        return f"{self.what}: {self.found:.3g}, {wanted}"

    def __str__(self) -> str:
        return f"{'met' if self.is_met else 'SHORT'}: {self.told}"
