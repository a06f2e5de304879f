"""A body on the CPU: one opened graph, and what it is bound to while it appends to a memory in place.

Next door: `memory.py` and `rounded.py` are what it runs on; `cpu.py` says what is read with which body.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.world.model import device
from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.network.memory import BodyMemory
from lotterylang.world.model.weights.checkpoint import Architecture


class Body:
    """An opened graph from ids to hidden states."""

    def __init__(self, path: Path, threads: int, shape: Architecture) -> None:
        self._session = device.session(path, threads)
        self._width, self._layers = shape.width, shape.layers
        self._is_biased = any(each.name == "attention_bias" for each in self._session.get_inputs())
        self._parts = [
            (layer, side, name) for layer in range(shape.layers) for side, name in enumerate(("key", "value"))
        ]

    def run(self, memory: BodyMemory, ids: Ids, positions: Ids, lengths: Ids, bias: Floats, rows: list[int]) -> Floats:
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

    def _bound(self, memory: BodyMemory, rows: int) -> Any:
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
