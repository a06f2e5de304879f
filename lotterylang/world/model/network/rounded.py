"""Rounded memory: what was read in full in, eight bits a number out, for steps of many rows.

Keys have a scale a channel; values too, less those of the row's first position, which heads see most: those the row
keeps in full, and the graph of a step adds them again. What was read is rounded once, however many rows begin with it.
Next door: `build/rounding.py` finds the scales, `body.py` runs on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lotterylang.world.model.network.body import CpuMemory
from lotterylang.world.model.weights.checkpoint import Architecture, Floats

_HIGHEST = 127


class RoundedMemory:
    """Eight bits a number. Shapes: values (layers, 2, rows, kv_heads, capacity, head_size).

    `taken` and `seen` are inputs of the graph, (layers, rows, 1, …): what the first position takes from the values of
    others, and what it adds to what is seen. `scales`: (layers, 2, kv_heads, head_size).
    """

    def __init__(self, rows: int, capacity: int, scales: Floats, shape: Architecture) -> None:
        self.values = np.empty((shape.layers, 2, rows, shape.kv_heads, capacity, shape.head_size), np.int8)
        ahead = 0 if shape.qk_norm else shape.heads + shape.kv_heads  # queries and keys are packed with the values
        self.taken = np.zeros((shape.layers, rows, 1, (ahead + shape.kv_heads) * shape.head_size), np.float32)
        self.seen = np.zeros((shape.layers, rows, 1, shape.heads * shape.head_size), np.float32)
        self.bindings: dict[tuple[Any, int], Any] = {}
        self._per_scale = 1 / scales[:, :, :, None]  # (layers, 2, kv_heads, 1, head_size)
        self._shape = shape

    @property
    def capacity(self) -> int:
        """Give the positions that a row has room for."""
        return self.values.shape[4]

    @property
    def nbytes(self) -> int:
        """Give its size in bytes."""
        return self.values.nbytes + self.taken.nbytes + self.seen.nbytes

    def inputs(self, layer: int, rows: int) -> Mapping[str, Floats]:
        """Give what the graph is told of the first rows beside keys and values, by name."""
        return {f"first.{layer}.taken": self.taken[layer, :rows], f"first.{layer}.seen": self.seen[layer, :rows]}

    def copy(
        self, source: CpuMemory | RoundedMemory, row: int, to: int, length: int, start: int = 0, at: int = 0
    ) -> None:
        """Copy positions of a row, from `start` there to `at` here. A row's first position is copied before others."""
        if isinstance(source, RoundedMemory):
            codes = source.values[:, :, row]
            if at == 0:
                self.taken[:, to], self.seen[:, to] = source.taken[:, row], source.seen[:, row]
        else:
            if at == 0:
                self._begin(to, source.values[:, 1, row, :, start])
            codes = self._codes(source, row, to)
        self.values[:, :, to, :, at : at + length] = codes[:, :, :, start : start + length]

    def _begin(self, row: int, first: Floats) -> None:
        """Let a row begin with the values of its first position. Shapes: first (layers, kv_heads, head_size)."""
        shape = self._shape
        flat = first.reshape(shape.layers, -1)
        self.taken[:, row, 0, -flat.shape[1] :] = flat
        self.seen[:, row, 0] = np.repeat(first, shape.heads // shape.kv_heads, axis=1).reshape(shape.layers, -1)

    def _codes(self, source: CpuMemory, row: int, to: int) -> Any:
        """Round a row that was read in full. Shapes: -> (layers, 2, kv_heads, capacity, head_size)."""
        if source.codes is not None:
            return source.codes
        shape = self._shape
        width = shape.kv_heads * shape.head_size
        first = self.taken[:, to, 0, -width:].reshape(shape.layers, shape.kv_heads, 1, shape.head_size)
        scaled = source.values[:, :, row] * self._per_scale
        scaled[:, 1] -= first * self._per_scale[:, 1]
        codes = np.clip(np.rint(scaled, out=scaled), -_HIGHEST, _HIGHEST, out=scaled).astype(np.int8)
        if source.is_kept:
            source.codes = codes
        return codes
