"""Sampling: log-probabilities of the next token and which are legal in, the token taken out.

Greedy takes the first of the best legal tokens. Otherwise a generator seeded by the effect's own seed draws, one number
a token, whatever else runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotterylang.run.effects import Sampling
from lotterylang.world.model.weights.checkpoint import Floats

Mask = NDArray[np.bool_]


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

    def take(self, log_probs: Floats, legal: Mask) -> Taken:
        """Take a token; at least one must be legal. Shapes: log_probs, legal (vocabulary)."""
        ids = None if legal.all() else np.flatnonzero(legal)  # None: the ids are the places
        values = log_probs if ids is None else log_probs[ids]  # (legal)
        chosen = 0
        if len(values) > 1:
            chosen = int(values.argmax()) if self._sampling.temperature <= 0 else self._drawn(values.astype(np.float64))
        elif self._sampling.temperature > 0:
            self._random.random()  # so that what is drawn later does not depend on how much was forced
        margin = None
        if len(values) > 1:
            others = max(values[:chosen].max(initial=-np.inf), values[chosen + 1 :].max(initial=-np.inf))
            margin = float(values[chosen] - others)
        return Taken(chosen if ids is None else int(ids[chosen]), float(values[chosen]), margin, _entropy(values))

    def _drawn(self, values: NDArray[np.float64]) -> int:
        scaled = values / self._sampling.temperature
        order = np.argsort(-scaled, kind="stable")
        weights = np.exp(scaled[order] - scaled[order[0]])
        heap = np.cumsum(weights / weights.sum())
        kept = int(np.searchsorted(heap, self._sampling.top_p)) + 1  # the fewest that together reach top_p
        point = self._random.random() * heap[min(kept, len(heap)) - 1]
        return int(order[min(int(np.searchsorted(heap, point, side="right")), kept - 1, len(heap) - 1)])


def _entropy(values: Floats) -> float:
    """Give the entropy of weights whose logarithms are given. Units: nats."""
    shifted = values - values.max()
    weights = np.exp(shifted)
    total = float(weights.sum())
    return float(np.log(total)) - float(weights @ shifted) / total
