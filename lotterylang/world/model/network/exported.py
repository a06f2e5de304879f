"""An exported graph: what Optimum made of any architecture, behind the same door as the fused graphs. Slower.

The graph copies the whole memory in every pass and computes logits of every position, so here a *hidden state* is a row
of logits. One row and one line of text at a time: what is read beside it can't matter. Next door: `interface.py`;
`export.py` makes the folder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import device
from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.build import card
from lotterylang.world.model.build.folder import CARD
from lotterylang.world.model.network.interface import LONGEST_PASS, MOST_BYTES, MOST_ROWS
from lotterylang.world.model.network.memory import CpuMemory

GRAPH = "model.onnx"

PARTS = ("key", "value")


class ExportedNetwork:
    """An opened graph with the inputs `input_ids`, `attention_mask`, `position_ids` and `past_key_values.….key`.

    The last bits depend on how a text is split into calls, unlike those of the fused graphs: read it whole.

    Errors: `LOT-E0724` if the folder is damaged.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self.card = card.read(folder / CARD)
            self._session = device.session(folder / GRAPH, device.usable_cores())
        except Exception as cause:  # what a damaged file makes JSON and ONNX Runtime raise is any exception at all
            fact = f"the exported model in {folder} is damaged: {type(cause).__name__}"
            raise error("LOT-E0724", fact, help="delete this folder and export the model again") from cause
        self._takes_positions = any(each.name == "position_ids" for each in self._session.get_inputs())
        names = [(layer, side) for layer in range(self.card.architecture.layers) for side in range(len(PARTS))]
        self._past = {f"past_key_values.{layer}.{PARTS[side]}": (layer, side) for layer, side in names}
        self._present = {f"present.{layer}.{PARTS[side]}": (layer, side) for layer, side in names}

    @property
    def processor(self) -> str:
        """Name the kind of processor and runtime."""
        return device.processor()

    @property
    def bytes_per_position(self) -> int:
        """Give the size of one remembered position."""
        shape = self.card.architecture
        return shape.layers * len(PARTS) * shape.kv_heads * shape.head_size * 4

    @property
    def bytes_per_slot_position(self) -> int:
        """Give the size of one position of a slot."""
        return self.bytes_per_position

    @property
    def reads_whole(self) -> bool:
        """Tell that a text is read whole."""
        return True

    @property
    def most_bytes(self) -> int:
        """Give the memory that rows and their prompts may take together."""
        return MOST_BYTES

    @property
    def reads_alike(self) -> bool:
        """Tell that a text is read by itself."""
        return False

    @property
    def is_local(self) -> bool:
        """Tell whether a trie is to be read in one pass."""
        return True

    @property
    def most_rows(self) -> int:
        """Tell how many rows a step has at most."""
        return MOST_ROWS

    def memory(self, rows: int, capacity: int) -> CpuMemory:
        """Make room for rows of `capacity` positions."""
        shape = self.card.architecture
        size = (shape.layers, len(PARTS), rows, shape.kv_heads, capacity, shape.head_size)
        return CpuMemory(np.empty(size, np.float32))

    def slots(self, rows: int, capacity: int) -> CpuMemory:
        """Make room for rows that are decoded."""
        return self.memory(rows, capacity)

    def compact(self, length: int) -> CpuMemory:
        """Make a memory of one row that is to be kept."""
        return self.memory(1, length)

    def extend(self, memory: CpuMemory, past: int, ids: list[int]) -> Floats:
        """Read ids; give the logits after the last of them. Shapes: -> (vocabulary)."""
        logits: Floats = np.empty((1, 0), np.float32)
        for start in range(0, len(ids), LONGEST_PASS):
            part = np.array(ids[start : start + LONGEST_PASS], np.int64)
            logits = self._pass(memory, 0, past, part)
            past += len(part)
        last: Floats = logits[-1]
        return last

    def branch(self, memory: CpuMemory, past: int, ids: Ids, positions: Ids, bias: Floats) -> Floats:
        """Read ids, each after those that `bias` lets it see: every line from the root to a leaf is read by itself.

        Shapes: ids, positions (n); bias (n, past + n) -> (n, vocabulary).
        """
        sees = np.isfinite(bias[:, past:]) & np.tri(len(ids), dtype=np.bool_)  # (n, n)
        logits = np.empty((len(ids), self.card.architecture.vocabulary), np.float32)
        for leaf in np.flatnonzero(sees.sum(axis=0) == 1):  # nobody sees it but itself
            line = np.flatnonzero(sees[leaf])
            logits[line] = self._pass(memory, 0, past, ids[line])
        return logits

    def step(self, memory: CpuMemory, lengths: Ids, ids: Ids, rows: list[int]) -> Floats:
        """Read one id more in every row. Shapes: lengths, ids (B); rows (n) -> (n, vocabulary)."""
        found = [self._pass(memory, row, int(lengths[row]), ids[row : row + 1])[0] for row in rows]
        return self.log_probs(np.array(found))

    def log_probs(self, hidden: Floats) -> Floats:
        """Turn logits into log-probabilities. Shapes: (n, vocabulary) -> (n, vocabulary)."""
        shifted = hidden - hidden.max(axis=-1, keepdims=True)
        values: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return values

    def _pass(self, memory: CpuMemory, row: int, past: int, ids: Ids) -> Floats:
        """Run the graph on one row and append to its memory. Shapes: ids (S) -> (S, vocabulary)."""
        after = past + len(ids)
        inputs = {"input_ids": ids[None], "attention_mask": np.ones((1, after), np.int64)}
        if self._takes_positions:
            inputs["position_ids"] = np.arange(past, after, dtype=np.int64)[None]
        for name, (layer, side) in self._past.items():
            inputs[name] = np.ascontiguousarray(memory.values[layer, side, row : row + 1, :, :past])
        logits, *presents = self._session.run(["logits", *self._present], inputs)
        for (layer, side), present in zip(self._present.values(), presents, strict=True):
            memory.values[layer, side, row, :, past:after] = present[0, :, past:after]
        found: Floats = logits[0]
        return found
