"""A body on the CPU: one opened graph, and what it is bound to while it appends to a memory in place.

Next door: `cpu.py` says what is read with which body.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model import device
from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.weights.checkpoint import Architecture


class CpuMemory:
    """One array. Shapes: values (layers, 2, rows, kv_heads, capacity, head_size).

    What `is_kept` is written once, and rounded once, when it is first copied to a rounded memory: its `codes`.
    """

    def __init__(self, values: Floats, is_kept: bool = False) -> None:
        self.values = values
        self.is_kept = is_kept
        self.codes: NDArray[np.int8] | None = None
        self.bindings: dict[tuple[Any, int], Any] = {}  # by the body that runs on it and the number of rows
        self._rows: dict[int, CpuMemory] = {}

    def row(self, number: int) -> CpuMemory:
        """Give a row as a memory of its own in the same place."""
        if number not in self._rows:
            self._rows[number] = CpuMemory(self.values[:, :, number : number + 1])
        return self._rows[number]

    @property
    def capacity(self) -> int:
        """Give the positions that a row has room for."""
        capacity: int = self.values.shape[4]
        return capacity

    @property
    def nbytes(self) -> int:
        """Give its size in bytes, with its codes."""
        return self.values.nbytes + (self.values.size if self.is_kept else 0)

    def inputs(self, layer: int, rows: int) -> Mapping[str, Floats]:
        """Give what a graph is told of the first rows beside keys and values: nothing."""
        return {}

    def copy(self, source: CpuMemory, row: int, to: int, length: int, start: int = 0, at: int = 0) -> None:
        """Copy positions of a row, from `start` there to `at` here."""
        self.values[:, :, to, :, at : at + length] = source.values[:, :, row, :, start : start + length]


class Remembering(Protocol):
    """What a body runs on."""

    @property
    def values(self) -> NDArray[Any]:
        """Give keys and values. Shapes: (layers, 2, rows, kv_heads, capacity, head_size)."""

    @property
    def bindings(self) -> dict[tuple[Any, int], Any]:
        """Give what was bound to it, by the body and the number of rows."""

    def inputs(self, layer: int, rows: int) -> Mapping[str, Floats]:
        """Give what a graph is told of the first rows beside keys and values."""


class Body:
    """An opened graph from ids to hidden states."""

    def __init__(self, path: Path, threads: int, shape: Architecture) -> None:
        self._session = device.session(path, threads)
        self._width, self._layers = shape.width, shape.layers
        self._is_biased = any(each.name == "attention_bias" for each in self._session.get_inputs())
        self._parts = [
            (layer, side, name) for layer in range(shape.layers) for side, name in enumerate(("key", "value"))
        ]

    def run(self, memory: Remembering, ids: Ids, positions: Ids, lengths: Ids, bias: Floats, rows: list[int]) -> Floats:
        """Read ids and append to the memory; give the hidden states of some positions.

        Shapes: ids, positions (B, S); lengths (B), after the pass; bias (1 or B, 1, S, max length); rows (n), of the
        flattened (B·S) -> (n, width).
        """
        inputs = {
            "input_ids": np.ascontiguousarray(ids, np.int64),
            "position_ids": np.ascontiguousarray(positions, np.int64),
            "seqlens_k": (lengths - 1).astype(np.int32),
            "total_length": np.array(lengths.max(), np.int32),
            "attention_bias": np.ascontiguousarray(bias, np.float32),
            "rows": np.array(rows, np.int64),
        }
        hidden = np.empty((len(rows), self._width), np.float32)
        binding = self._bound(memory, len(ids))
        for name, value in inputs.items():
            if self._is_biased or name not in ("position_ids", "attention_bias"):
                binding.bind_cpu_input(name, value)
        binding.bind_output("hidden", "cpu", 0, np.float32, hidden.shape, hidden.ctypes.data)
        self._session.run_with_iobinding(binding)
        return hidden

    def _bound(self, memory: Remembering, rows: int) -> Any:
        """Bind past and present of every layer to the same place, so that a pass appends instead of copying.

        The first rows of a layer's part stand together, so a pass may run on them alone.
        """
        if (self, rows) in memory.bindings:
            return memory.bindings[self, rows]
        binding = memory.bindings[self, rows] = self._session.io_binding()
        for layer, side, name in self._parts:
            part = memory.values[layer, side, :rows]
            place = ("cpu", 0, part.dtype.type, part.shape, part.ctypes.data)
            binding.bind_input(f"past.{layer}.{name}", *place)
            binding.bind_output(f"present.{layer}.{name}", *place)
        for layer in range(self._layers):
            for name, told in memory.inputs(layer, rows).items():
                binding.bind_input(name, "cpu", 0, np.float32, told.shape, told.ctypes.data)
        return binding
