"""Pruning: a checkpoint in, the same one with the least weights of every matrix set to zero out.

By magnitude over a whole matrix, or two of every four neighbours of a row. The matrices of the layers alone: not the
embedding, the head or the norms. Source: Han et al. 2015 (magnitude); Mishra et al. 2021, arXiv:2104.08378 (2:4).
Next door: `checkpoint.py`; `build/folder.py` wraps what a recipe says.
"""

from __future__ import annotations

import numpy as np

from lotterylang.recipe import TWO_OF_FOUR
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.changed import Changed
from lotterylang.world.model.weights.checkpoint import Checkpoint

_OF_A_LAYER = "blk."


class Pruned(Changed):
    """A checkpoint whose matrices are pruned: `prune` is the share of zeros, or `2:4`."""

    def __init__(self, weights: Checkpoint, prune: str) -> None:
        super().__init__(weights)
        self._prune = prune

    def changed(self, name: str, values: Floats) -> Floats:
        """Prune a matrix of a layer."""
        if values.ndim != 2 or not name.startswith(_OF_A_LAYER):
            return values
        return two_of_four(values) if self._prune == TWO_OF_FOUR else by_magnitude(values, float(self._prune))


def by_magnitude(matrix: Floats, share: float) -> Floats:
    """Set the share of least magnitude to zero; of equals the earlier ones."""
    count = round(matrix.size * share)
    least = np.argsort(np.abs(matrix), axis=None, kind="stable")[:count]
    pruned = matrix.copy()
    pruned.flat[least] = 0
    return pruned


def two_of_four(matrix: Floats) -> Floats:
    """Set the two least of every four neighbours of a row to zero; of equals the earlier ones."""
    pruned = matrix.copy()
    fours = pruned.reshape(-1, 4)  # a view: widths are multiples of 32
    least = np.argsort(np.abs(fours), axis=1, kind="stable")[:, :2]
    np.put_along_axis(fours, least, 0, axis=1)
    return pruned
