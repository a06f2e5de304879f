"""Sampling: log-probabilities of the next token and which are legal in, the token taken out.

Greedy takes the first of the best legal tokens. Otherwise a generator seeded by the effect's own seed draws, one number
a token, whatever else runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotterylang.run.effects import Sampling
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.constraint.legal import HIDDEN, Legal

_DEPTHS = (4.0, 12.0, np.inf)
"""How far below the likeliest token the others are put in order: the nearest nearly always hold the one that is drawn,
and ordering all is slow. Units: nats, over the temperature."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A token that was taken.

    Units: nats. `log_prob` is the model's own, before anything was forbidden; `margin` (None: only one token was legal)
    and `entropy` are those of the choice among the legal tokens.
    """

    token: int
    log_prob: float
    margin: float | None
    entropy: float


class Sampler:
    """Draws the tokens of one reply."""

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._random = np.random.Generator(np.random.Philox(key=sampling.seed % 2**128))

    def copied(self) -> Sampler:
        """Give a sampler that draws from here on what this one draws."""
        found = Sampler(self._sampling)
        found._random.bit_generator.state = self._random.bit_generator.state
        return found

    def take(self, log_probs: Floats, legal: Legal) -> Taken:
        """Take a token; at least one must be legal. Shapes: log_probs (vocabulary)."""
        values = legal.values(log_probs)
        if legal.count == 1:
            if self._sampling.temperature > 0:
                self._random.random()  # so that what is drawn later does not depend on how much was forced
            only = int(values.argmax())
            return Taken(legal.token(only), float(values[only]), None, 0.0)
        best = int(values.argmax())
        chosen = best if self._sampling.temperature <= 0 else self._drawn(values, best)
        log_prob, highest = values[chosen], values[best]
        entropy = _entropy(values, highest)
        values[chosen] = HIDDEN
        return Taken(legal.token(chosen), float(log_prob), float(log_prob - values.max()), entropy)

    def _drawn(self, values: Floats, best: int) -> int:
        """Draw from the likeliest tokens that together reach `top_p`; the lower of equals comes first."""
        logs = values / np.float32(self._sampling.temperature)
        logs -= logs[best]
        weights = np.exp(logs)  # in single precision: it takes a sixth of the time, of every token
        total = float(weights.sum())
        point = self._random.random()
        for depth in _DEPTHS:
            near = np.flatnonzero(logs > -depth)
            order = near[np.argsort(-logs[near], kind="stable")]
            found = _place(_heap(weights[order], total), self._sampling.top_p, point, is_whole=depth == _DEPTHS[-1])
            if found is not None:
                return int(order[found])
        raise AssertionError("the last depth leaves nothing out")


def _heap(weights: Floats, total: float) -> NDArray[np.float64]:
    """Add up ordered weights as shares of the total. Shapes: (n) -> (n)."""
    return np.cumsum(weights, dtype=np.float64) / total


def _place(heap: NDArray[np.float64], top_p: float, point: float, is_whole: bool) -> int | None:
    """Find where a draw falls in sums of ordered weights; None where the order does not go far enough."""
    kept = int(np.searchsorted(heap, top_p)) + 1  # the fewest that together reach top_p
    if kept > len(heap) and not (is_whole or (top_p >= 1 and len(heap) and point < heap[-1])):
        return None
    reached = heap[kept - 1] if kept <= len(heap) else 1.0
    return min(int(np.searchsorted(heap, point * reached, side="right")), kept - 1, len(heap) - 1)


def _entropy(values: Floats, highest: np.float32) -> float:
    """Give the entropy of weights whose logarithms are given. Units: nats."""
    weights = np.exp(values - highest)
    total = float(weights.sum())
    return float(np.log(total)) + float(highest) - float(weights @ values) / total
