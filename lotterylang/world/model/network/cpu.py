"""The CPU: a network over the graphs of `build/`, on arrays of this process. Next door: `interface.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.recipe import Window
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import device
from lotterylang.world.model.build import card
from lotterylang.world.model.build import folder as built
from lotterylang.world.model.network.interface import LONGEST_HEAD, LONGEST_PASS, MOST_BYTES, MOST_ROWS, Ids, even
from lotterylang.world.model.network.window import hidden_by
from lotterylang.world.model.weights.checkpoint import Floats


class CpuMemory:
    """One array. Shapes: values (layers, 2, rows, kv_heads, capacity, head_size)."""

    def __init__(self, values: Floats) -> None:
        self.values = values
        self.bindings: dict[int, Any] = {}  # of the network that runs on it, by the number of rows
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
        """Give its size in bytes."""
        return self.values.nbytes

    def copy(self, source: CpuMemory, row: int, to: int, length: int, start: int = 0, at: int = 0) -> None:
        """Copy positions of a row, from `start` there to `at` here."""
        self.values[:, :, to, :, at : at + length] = source.values[:, :, row, :, start : start + length]


class CpuNetwork:
    """The opened graphs of a built model, in full or 8-bit precision.

    A text has the same bits however it is split into calls, and whatever rows it is read beside.

    Errors: `LOT-E0724` if what was built is damaged.
    """

    def __init__(self, folder: Path, window: Window | None = None) -> None:
        self._window = window
        threads = device.usable_cores()
        try:
            self.card = card.read(folder / built.CARD)
            self._body = device.session(folder / built.BODY, threads)
            self._head = device.session(folder / built.HEAD, threads)
        except Exception as cause:  # what a damaged file makes JSON and ONNX Runtime raise is any exception at all
            fact = f"the model in {folder} is damaged: {type(cause).__name__}"
            raise error("LOT-E0724", fact, help="delete this folder: it will be built again") from cause
        shape = self.card.architecture
        self._parts = [
            (layer, side, name) for layer in range(shape.layers) for side, name in enumerate(("key", "value"))
        ]

    @property
    def processor(self) -> str:
        """Name the kind of processor and runtime."""
        return device.processor()

    @property
    def bytes_per_position(self) -> int:
        """Give the size of one remembered position."""
        shape = self.card.architecture
        return shape.layers * 2 * shape.kv_heads * shape.head_size * 4

    @property
    def reads_whole(self) -> bool:
        """Tell that a text may be read in parts."""
        return False

    @property
    def most_bytes(self) -> int:
        """Give the memory that rows and their prompts may take together."""
        return MOST_BYTES

    @property
    def is_local(self) -> bool:
        """Tell whether a position may see only those near it."""
        return self._window is not None or bool(self.card.architecture.local_layers)

    @property
    def most_rows(self) -> int:
        """Tell how many rows a step has at most."""
        return MOST_ROWS

    def memory(self, rows: int, capacity: int) -> CpuMemory:
        """Make room for rows of `capacity` positions."""
        shape = self.card.architecture
        return CpuMemory(np.empty((shape.layers, 2, rows, shape.kv_heads, capacity, shape.head_size), np.float32))

    def compact(self, length: int) -> CpuMemory:
        """Make a memory of one row that is to be kept."""
        return self.memory(1, length)

    def extend(self, memory: CpuMemory, past: int, ids: list[int]) -> Floats:
        """Read ids; give the hidden state of the last of them. Shapes: -> (width)."""
        hidden: Floats = np.empty(0, np.float32)
        for start in range(0, len(ids), LONGEST_PASS):
            part = np.array(ids[start : start + LONGEST_PASS], np.int64)
            positions = np.arange(past, past + len(part))
            hidden = self._pass_of_one(memory, past, part, positions, None, [len(part) - 1])[0]
            past += len(part)
        return hidden

    def branch(self, memory: CpuMemory, past: int, ids: Ids, positions: Ids, bias: Floats) -> Floats:
        """Read ids, each seeing what `bias` lets it see.

        Shapes: ids, positions (n); bias (n, past + n) -> (n, width).
        """
        return self._pass_of_one(memory, past, ids, positions, bias, list(range(len(ids))))

    def step(self, memory: CpuMemory, lengths: Ids, ids: Ids, rows: list[int]) -> Floats:
        """Read one id more in every row. Shapes: lengths, ids (B); rows (n) -> (n, vocabulary)."""
        columns = np.arange(int(lengths.max()) + 1)
        bias = np.zeros((1, 1, 1, len(columns)), np.float32)
        if self._window is not None:
            bias = hidden_by(self._window, lengths, columns)[:, None, None]  # (B, 1, 1, columns)
        hidden = self._pass(memory, ids[:, None], lengths[:, None], lengths + 1, bias, rows)
        parts = [self.log_probs(hidden[at : at + LONGEST_HEAD]) for at in range(0, len(rows), LONGEST_HEAD)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def follow(self, memory: CpuMemory, row: int, past: int, ids: list[int]) -> Floats:
        """Read ids in one row; give the log-probabilities after each. Shapes: -> (n, vocabulary)."""
        positions = np.arange(past, past + len(ids))
        every = list(range(len(ids)))
        return self.log_probs(self._pass_of_one(memory.row(row), past, np.array(ids, np.int64), positions, None, every))

    def log_probs(self, hidden: Floats) -> Floats:
        """Give the log-probability of every token. Shapes: (n, width) -> (n, vocabulary)."""
        values: Floats = self._head.run(["log_probs"], {"hidden": np.ascontiguousarray(hidden)})[0]
        return values

    def _pass_of_one(
        self, memory: CpuMemory, past: int, ids: Ids, positions: Ids, bias: Floats | None, rows: list[int]
    ) -> Floats:
        """Run the body on one row, filled up to an even number of positions with one that nothing sees."""
        count, filler = len(ids), even(len(ids)) - len(ids)
        whole = np.zeros((1, 1, count + filler, past + count + filler), np.float32)  # the operator itself is causal
        if bias is not None:
            whole[0, 0, :count, : past + count] = bias
        if self._window is not None:
            columns = np.concatenate([np.arange(past), positions])
            whole[0, 0, :count, : past + count] += hidden_by(self._window, positions, columns)
        ids, positions = np.pad(ids, (0, filler)), np.pad(positions, (0, filler))
        twice = rows + rows[-1:] * (even(len(rows)) - len(rows))  # an even number of these too
        return self._pass(memory, ids[None], positions[None], np.array([past + count + filler]), whole, twice)[
            : len(rows)
        ]

    def _pass(self, memory: CpuMemory, ids: Ids, positions: Ids, lengths: Ids, bias: Floats, rows: list[int]) -> Floats:
        """Run the body. Shapes: ids, positions (B, S); lengths (B), after the pass; bias (1 or B, 1, S, max length)."""
        inputs = {
            "input_ids": np.ascontiguousarray(ids, np.int64),
            "position_ids": np.ascontiguousarray(positions, np.int64),
            "seqlens_k": (lengths - 1).astype(np.int32),
            "total_length": np.array(lengths.max(), np.int32),
            "attention_bias": np.ascontiguousarray(bias, np.float32),
            "rows": np.array(rows, np.int64),
        }
        hidden = np.empty((len(rows), self.card.architecture.width), np.float32)
        binding = self._bound(memory, len(ids))
        for name, value in inputs.items():
            binding.bind_cpu_input(name, value)
        binding.bind_output("hidden", "cpu", 0, np.float32, hidden.shape, hidden.ctypes.data)
        self._body.run_with_iobinding(binding)
        return hidden

    def _bound(self, memory: CpuMemory, rows: int) -> Any:
        """Bind past and present of every layer to the same place, so that a pass appends instead of copying.

        The first rows of a layer's part stand together, so a pass may run on them alone.
        """
        if rows in memory.bindings:
            return memory.bindings[rows]
        binding = memory.bindings[rows] = self._body.io_binding()
        for layer, side, name in self._parts:
            part = memory.values[layer, side, :rows]
            place = ("cpu", 0, np.float32, part.shape, part.ctypes.data)
            binding.bind_input(f"past.{layer}.{name}", *place)
            binding.bind_output(f"present.{layer}.{name}", *place)
        return binding
