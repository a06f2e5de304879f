"""Arrays of numbers that the rooms of the engine hand one another. Who takes or gives one says what its axes are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
"""Weights, hidden states, keys, values, log-probabilities: all that is reckoned with in single precision."""

Ids = NDArray[np.int64]
"""Token ids, positions in a text and places of rows in a batch."""
