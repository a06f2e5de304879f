"""Windows: positions in, what of the memory each of them may not see out.

A position attends to the first `sink` and to the `last` latest ones, itself included; positions keep their numbers.
Nothing is forgotten and nothing is saved by it: it shows what a memory of that size would do to a model's answers.
Source: Xiao et al. 2023, arXiv:2309.17453 (attention sinks). Next door: `cpu.py` adds it to what a pass may see.
"""

from __future__ import annotations

import numpy as np

from lotterylang.recipe import Window
from lotterylang.world.model.arrays import Floats, Ids


def hidden_by(window: Window, positions: Ids, columns: Ids) -> Floats:
    """Give the bias that hides what is outside the window.

    Shapes: positions (S), columns (T), the positions that the memory's columns stand for -> (S, T) of 0 and -inf.
    """
    near = columns[None] > positions[:, None] - window.last
    return np.where(near | (columns < window.sink), np.float32(0), np.float32(-np.inf))
