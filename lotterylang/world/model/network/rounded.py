"""Rounded memory: what was read in full in, eight bits a number out, for steps of many rows.

Keys have a scale a channel; values too, less those of the row's first position, which heads see most: those the row
keeps in full, and the graph of a step adds them again. What was read is rounded once, however many rows begin with it.
Next door: `build/rounding.py` finds the scales, `body.py` runs on it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.network.memory import BodyMemory, CpuMemory
from lotterylang.world.model.weights.checkpoint import Architecture

_HIGHEST = 127


class RoundedMemory(BodyMemory):
    """Eight bits a number. Shapes: values (layers, 2, rows, kv_heads, capacity, head_size).

    `taken` and `seen` are inputs of the graph, (layers, rows, 1, …): what the first position takes from the values of
    others, and what it adds to what is seen. `scales`: (layers, 2, kv_heads, head_size).
    """

    def __init__(self, values: NDArray[np.int8], taken: Floats, seen: Floats, scales: Floats) -> None:
        super().__init__(values)
        self.taken, self.seen = taken, seen
        self._scales = scales

    def _part(self, rows: slice) -> RoundedMemory:
        return RoundedMemory(self.values[:, :, rows], self.taken[:, rows], self.seen[:, rows], self._scales)

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
        end = start + length
        if isinstance(source, RoundedMemory):
            codes = source.values[:, :, row, :, start:end]
            if at == 0:
                self.taken[:, to], self.seen[:, to] = source.taken[:, row], source.seen[:, row]
        else:
            if at == 0:
                self._begin(to, source.values[:, 1, row, :, start])
            codes = self._codes(source, row, to, start, end)
        self.values[:, :, to, :, at : at + length] = codes

    def _begin(self, row: int, first: Floats) -> None:
        """Let a row begin with the values of its first position. Shapes: first (layers, kv_heads, head_size)."""
        layers, kv_heads, head_size = first.shape
        self.taken[:, row, 0, -kv_heads * head_size :] = first.reshape(layers, -1)
        heads = self.seen.shape[-1] // head_size
        self.seen[:, row, 0] = np.repeat(first, heads // kv_heads, axis=1).reshape(layers, -1)

    def _codes(self, source: CpuMemory, row: int, to: int, start: int, end: int) -> NDArray[np.int8]:
        """Round positions that were read in full. Shapes: -> (layers, 2, kv_heads, end - start, head_size)."""
        if not source.is_kept:
            return self._rounded(source.values[:, :, row, :, start:end], to)
        if source.codes is None:
            source.codes = self._rounded(source.values[:, :, 0], to)
        return source.codes[:, :, :, start:end]

    def _rounded(self, values: Floats, to: int) -> NDArray[np.int8]:
        layers, _, kv_heads, _, head_size = values.shape
        scales = self._scales[:, :, :, None]  # (layers, 2, kv_heads, 1, head_size)
        first = self.taken[:, to, 0, -kv_heads * head_size :].reshape(layers, kv_heads, 1, head_size)
        scaled = values / scales
        scaled[:, 1] -= first / scales[:, 1]
        return np.clip(np.rint(scaled, out=scaled), -_HIGHEST, _HIGHEST, out=scaled).astype(np.int8)


def rounded_memory(rows: int, capacity: int, scales: Floats, shape: Architecture) -> RoundedMemory:
    """Make room for rows of `capacity` positions."""
    ahead = 0 if shape.qk_norm else shape.heads + shape.kv_heads  # queries and keys are packed with the values
    return RoundedMemory(
        np.empty((shape.layers, 2, rows, shape.kv_heads, capacity, shape.head_size), np.int8),
        np.zeros((shape.layers, rows, 1, (ahead + shape.kv_heads) * shape.head_size), np.float32),
        np.zeros((shape.layers, rows, 1, shape.heads * shape.head_size), np.float32),
        scales,
    )
