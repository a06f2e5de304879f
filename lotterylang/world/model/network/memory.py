"""Memories on the CPU: keys and values that a body reads and appends to, in full or, in `rounded.py`, in 8 bits.

Next door: `body.py` runs on them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model.arrays import Floats


class BodyMemory(ABC):
    """One array for all layers. Shapes: values (layers, 2, rows, kv_heads, capacity, head_size)."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values
        self.bindings: dict[tuple[Any, int], Any] = {}  # by the body that runs on it and the number of rows
        self._rows: dict[int, Self] = {}

    def row(self, number: int) -> Self:
        """Give a row as a memory of its own in the same place."""
        if number not in self._rows:
            self._rows[number] = self._part(slice(number, number + 1))
        return self._rows[number]

    @abstractmethod
    def _part(self, rows: slice) -> Self:
        """Give some rows in the same place."""

    @property
    def capacity(self) -> int:
        """Give the positions that a row has room for."""
        capacity: int = self.values.shape[4]
        return capacity

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Give its size in bytes."""

    def inputs(self, layer: int, rows: int) -> Mapping[str, Floats]:
        """Give what a graph is told of the first rows beside keys and values, by name: nothing."""
        return {}

    @abstractmethod
    def copy(self, source: Any, row: int, to: int, length: int, start: int = 0, at: int = 0) -> None:
        """Copy positions of a row of a memory of the same network, from `start` there to `at` in row `to` here."""


class CpuMemory(BodyMemory):
    """Full numbers. What `is_kept` is written once, and rounded once, when it is first copied to a rounded memory: its
    `codes`.
    """

    def __init__(self, values: Floats, is_kept: bool = False) -> None:
        super().__init__(values)
        self.is_kept = is_kept
        self.codes: NDArray[np.int8] | None = None

    def _part(self, rows: slice) -> CpuMemory:
        return CpuMemory(self.values[:, :, rows])

    @property
    def nbytes(self) -> int:
        """Give its size in bytes, with its codes."""
        return self.values.nbytes + (self.values.size if self.is_kept else 0)

    def copy(self, source: CpuMemory, row: int, to: int, length: int, start: int = 0, at: int = 0) -> None:
        """Copy positions of a row, from `start` there to `at` here."""
        self.values[:, :, to, :, at : at + length] = source.values[:, :, row, :, start : start + length]
