"""The CPU: a network over the graphs of `build/`, on arrays of this process. Next door: `interface.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lotterylang.recipe import Window
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import device
from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.build import card
from lotterylang.world.model.build import folder as built
from lotterylang.world.model.network.body import Body
from lotterylang.world.model.network.interface import LONGEST_HEAD, LONGEST_PASS, MOST_BYTES, MOST_ROWS, even
from lotterylang.world.model.network.memory import BodyMemory, CpuMemory
from lotterylang.world.model.network.rounded import rounded_memory
from lotterylang.world.model.network.window import hidden_by


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
            shape = self.card.architecture
            has_own = (folder / built.READ).exists()
            self._reading = Body(folder / (built.READ if has_own else built.BODY), threads, shape)
            self._stepping = self._reading
            self._scales: Floats | None = None
            if has_own and window is None:  # what a window hides is a bias, and steps have none
                # With more threads than heads ONNX Runtime would split the positions of a row alone between threads:
                # it would have other bits than beside others (0.4 nats at 1,200 positions).
                self._stepping = Body(folder / built.BODY, min(threads, shape.heads), shape)
                self._scales = _scales(folder)
            self._head = device.session(folder / built.HEAD, threads)
        except Exception as cause:  # what a damaged file makes JSON and ONNX Runtime raise is any exception at all
            fact = f"the model in {folder} is damaged: {type(cause).__name__}"
            raise error("LOT-E0724", fact, help="delete this folder: it will be built again") from cause

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
    def bytes_per_slot_position(self) -> int:
        """Give the size of one position of a slot."""
        return self.bytes_per_position // (1 if self._scales is None else 4)

    @property
    def reads_whole(self) -> bool:
        """Tell that a text may be read in parts."""
        return False

    @property
    def most_bytes(self) -> int:
        """Give the memory that rows and their prompts may take together."""
        return MOST_BYTES

    @property
    def reads_alike(self) -> bool:
        """Tell that `branch` gives a text the bits of `extend`."""
        return True

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
        found = self.memory(1, length)
        found.is_kept = self._scales is not None
        return found

    def slots(self, rows: int, capacity: int) -> BodyMemory:
        """Make room for rows that are decoded."""
        if self._scales is None:
            return self.memory(rows, capacity)
        return rounded_memory(rows, capacity, self._scales, self.card.architecture)

    def extend(self, memory: CpuMemory, past: int, ids: list[int]) -> Floats:
        """Read ids; give the hidden state of the last of them. Shapes: -> (width)."""
        hidden: Floats = np.empty(0, np.float32)
        for start in range(0, len(ids), LONGEST_PASS):
            part = np.array(ids[start : start + LONGEST_PASS], np.int64)
            positions = np.arange(past, past + len(part))
            hidden = self._pass_of_one(self._reading, memory, past, part, positions, None, [len(part) - 1])[0]
            past += len(part)
        return hidden

    def branch(self, memory: CpuMemory, past: int, ids: Ids, positions: Ids, bias: Floats) -> Floats:
        """Read ids, each seeing what `bias` lets it see.

        Shapes: ids, positions (n); bias (n, past + n) -> (n, width).
        """
        return self._pass_of_one(self._reading, memory, past, ids, positions, bias, list(range(len(ids))))

    def step(self, memory: BodyMemory, lengths: Ids, ids: Ids, rows: list[int]) -> Floats:
        """Read one id more in every row. Shapes: lengths, ids (B); rows (n) -> (n, vocabulary)."""
        columns = np.arange(int(lengths.max()) + 1)
        bias = np.zeros((1, 1, 1, len(columns)), np.float32)
        if self._window is not None:
            bias = hidden_by(self._window, lengths, columns)[:, None, None]  # (B, 1, 1, columns)
        hidden = self._stepping.run(memory, ids[:, None], lengths[:, None], lengths + 1, bias, rows)
        parts = [self.log_probs(hidden[at : at + LONGEST_HEAD]) for at in range(0, len(rows), LONGEST_HEAD)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def follow(self, memory: BodyMemory, row: int, past: int, ids: list[int]) -> Floats:
        """Read ids in one slot; give the log-probabilities after each. Shapes: -> (n, vocabulary)."""
        positions, every = np.arange(past, past + len(ids)), list(range(len(ids)))
        body = self._reading if self._scales is None else self._stepping
        hidden = self._pass_of_one(body, memory.row(row), past, np.array(ids, np.int64), positions, None, every)
        return self.log_probs(hidden)

    def log_probs(self, hidden: Floats) -> Floats:
        """Give the log-probability of every token. Shapes: (n, width) -> (n, vocabulary)."""
        values: Floats = self._head.run(["log_probs"], {"hidden": np.ascontiguousarray(hidden)})[0]
        return values

    def _pass_of_one(
        self,
        body: Body,
        memory: BodyMemory,
        past: int,
        ids: Ids,
        positions: Ids,
        bias: Floats | None,
        rows: list[int],
    ) -> Floats:
        """Run a body on one row, filled up to an even number of positions with one that nothing sees."""
        count, filler = len(ids), even(len(ids)) - len(ids)
        whole = np.zeros((1, 1, count + filler, past + count + filler), np.float32)  # the operator itself is causal
        if bias is not None:
            whole[0, 0, :count, : past + count] = bias
        if self._window is not None:
            columns = np.concatenate([np.arange(past), positions])
            whole[0, 0, :count, : past + count] += hidden_by(self._window, positions, columns)
        ids, positions = np.pad(ids, (0, filler)), np.pad(positions, (0, filler))
        twice = rows + rows[-1:] * (even(len(rows)) - len(rows))  # an even number of these too
        lengths = np.array([past + count + filler])
        return body.run(memory, ids[None], positions[None], lengths, whole, twice)[: len(rows)]


def _scales(folder: Path) -> Floats | None:
    """Read the scales of slots, None where they are not rounded."""
    path = folder / built.ROUNDING
    if not path.exists():
        return None
    scales: Floats = np.load(path)
    return scales
