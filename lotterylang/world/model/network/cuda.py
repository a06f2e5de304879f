"""CUDA: a network whose memories and passes stay on the device; only ids go there and log-probabilities come back.

Four graphs over one tensor file: `body` reads a text, `branch` a trie of continuations, `head` turns hidden states into
log-probabilities, `step` reads one token a row and does the head's work as well. A step is mostly launches of small
kernels, so it is recorded once as a CUDA graph and replayed. Next door: `interface.py`, `cudart.py`; `device.py` says
whether there is a device.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.recipe import Window
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import device
from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.build import card
from lotterylang.world.model.build import folder as built
from lotterylang.world.model.network.cudart import Block, Copy
from lotterylang.world.model.network.interface import MOST_BYTES
from lotterylang.world.model.network.window import hidden_by

_GRAIN = 256  # capacities are multiples of it, so that buffers and what is recorded for them are used again

_COMPACT_GRAIN = 16  # of memories that are only kept

MOST_RECORDED = 32
"""Steps that are recorded, each for one buffer; further ones run kernel by kernel."""

SPARE_BYTES = 1 << 29
"""Buffers that are kept for the next memory of their shape."""

_MOST_ROWS = 256  # of a step: it takes as long with one row

_BYTES = 2  # of a number in float16

_LONGEST_PASS = 2048  # positions

PLACE = "cuda"
"""Where memories are, by ONNX Runtime's name. Tests of what is done with them put them elsewhere."""


class Buffers:
    """Pieces of device memory, used again: a buffer that was given back is the next one of its shape."""

    def __init__(self, allocate: Any) -> None:
        self._allocate = allocate
        self._spare: OrderedDict[int, tuple[tuple[int, ...], Any]] = OrderedDict()
        self._spare_bytes = 0

    def take(self, shape: tuple[int, ...]) -> Any:
        """Give a buffer of a shape, with whatever stands in it."""
        for key, (found, buffer) in reversed(self._spare.items()):
            if found == shape:
                del self._spare[key]
                self._spare_bytes -= _size(shape)
                return buffer
        return self._allocate(shape)

    def give_back(self, shape: tuple[int, ...], buffer: Any) -> None:
        """Keep a buffer for the next who needs one; the oldest are let go where too many are kept."""
        self._spare[id(buffer)] = (shape, buffer)
        self._spare_bytes += _size(shape)
        while self._spare_bytes > SPARE_BYTES:
            _, (dropped, _) = self._spare.popitem(last=False)
            self._spare_bytes -= _size(dropped)


class CudaMemory:
    """A buffer on the device. Shapes: (layers, 2, rows, kv_heads, capacity, head_size) of float16."""

    def __init__(self, shape: tuple[int, ...], buffers: Buffers, copy: Copy) -> None:
        self.shape = shape
        self._buffers = buffers
        self._buffer = buffers.take(shape)
        self._copy = copy

    def __del__(self) -> None:
        self._buffers.give_back(self.shape, self._buffer)

    @property
    def address(self) -> int:
        """Give the address on the device."""
        return int(self._buffer.data_ptr())

    @property
    def capacity(self) -> int:
        """Give the positions that a row has room for."""
        return self.shape[4]

    @property
    def nbytes(self) -> int:
        """Give its size in bytes."""
        return _size(self.shape)

    def copy(self, source: CudaMemory, row: int, to: int, length: int, start: int = 0, at: int = 0) -> None:
        """Copy positions of a row, from `start` there to `at` here, on the device."""
        layers, sides, _, heads, _, head_size = self.shape
        extent = (length * head_size * _BYTES, heads, layers * sides)
        self._copy(source.block(row, start), self.block(to, at), extent)

    def block(self, row: int, position: int = 0) -> Block:
        """Give the place of a row from a position on: a plane for each layer and side, a row of it for each head."""
        _, _, rows, heads, capacity, head_size = self.shape
        pitch = capacity * head_size * _BYTES
        return Block(self.address + row * heads * pitch + position * head_size * _BYTES, pitch, rows * heads)


class CudaNetwork:
    """The opened graphs of a model in float16.

    The last bits of a result may depend on the rows beside it and on the room of the memory, unlike on the CPU.
    """

    def __init__(self, folder: Path, window: Window | None = None) -> None:
        self._window = window
        try:
            self.card = card.read(folder / built.CARD)
            self._is_biased = window is not None or bool(self.card.architecture.local_layers)
            self._head = device.cuda_session(folder / built.HEAD)
            if not self._is_biased:
                self._body = device.cuda_session(folder / built.BODY)
                self._step = device.cuda_session(folder / built.STEP, recording=True)
        except Exception as cause:  # what a damaged file makes JSON and ONNX Runtime raise is any exception at all
            fact = f"the model in {folder} is damaged: {type(cause).__name__}"
            raise error("LOT-E0724", fact, help="delete this folder: it will be built again") from cause
        self._folder = folder
        self._branch: Any = None
        self._buffers = Buffers(_allocate)
        self._copy = device.cuda_copier()
        self._most_bytes = max(MOST_BYTES, device.cuda_free_bytes() // 4)  # a batch that grows is there twice
        self._steps: dict[tuple[int, tuple[int, ...]], _Step] = {}
        shape = self.card.architecture
        self._parts = [
            (layer, side, name) for layer in range(shape.layers) for side, name in enumerate(("key", "value"))
        ]

    @property
    def processor(self) -> str:
        """Name the device and runtime."""
        return device.cuda_processor()

    @property
    def bytes_per_position(self) -> int:
        """Give the size of one remembered position."""
        shape = self.card.architecture
        return shape.layers * 2 * shape.kv_heads * shape.head_size * _BYTES

    @property
    def bytes_per_slot_position(self) -> int:
        """Give the size of one position of a slot."""
        return self.bytes_per_position

    @property
    def reads_whole(self) -> bool:
        """Tell that a text may be read in parts."""
        return False

    @property
    def most_bytes(self) -> int:
        """Give the memory that rows and their prompts may take together."""
        return self._most_bytes

    @property
    def reads_alike(self) -> bool:
        """Tell that `branch` has a graph of its own, with other last bits."""
        return False

    @property
    def is_local(self) -> bool:
        """Tell whether a position may see only those near it."""
        return self._is_biased

    @property
    def most_rows(self) -> int:
        """Tell how many rows a step has at most."""
        return _MOST_ROWS

    def memory(self, rows: int, capacity: int) -> CudaMemory:
        """Make room for rows of at least `capacity` positions."""
        return self._made(rows, capacity, _GRAIN)

    def slots(self, rows: int, capacity: int) -> CudaMemory:
        """Make room for rows that are decoded."""
        return self.memory(rows, capacity)

    def compact(self, length: int) -> CudaMemory:
        """Make a memory of one row that is to be kept."""
        return self._made(1, length, _COMPACT_GRAIN)

    def _made(self, rows: int, capacity: int, grain: int) -> CudaMemory:
        shape = self.card.architecture
        room = -(-max(capacity, 1) // grain) * grain
        whole = (shape.layers, 2, max(rows, 1), shape.kv_heads, room, shape.head_size)
        return CudaMemory(whole, self._buffers, self._copy)

    def extend(self, memory: CudaMemory, past: int, ids: list[int]) -> Floats:
        """Read ids; give the hidden state of the last of them. Shapes: -> (width)."""
        hidden: Floats = np.empty(0, np.float32)
        for start in range(0, len(ids), _LONGEST_PASS):
            part = np.array(ids[start : start + _LONGEST_PASS], np.int64)
            whole, last = past + len(part), [len(part) - 1]
            if not self._is_biased:
                hidden = self._pass(self._body, memory, part[None], np.array([whole]), last, {})[0]
            else:
                positions = np.arange(past, whole)
                bias = self._hidden(positions, np.arange(whole))[None, None]
                hidden = self._biased(memory, part[None], np.array([whole]), positions[None], bias, last)[0]
            past = whole
        return hidden

    def branch(self, memory: CudaMemory, past: int, ids: Ids, positions: Ids, bias: Floats) -> Floats:
        """Read ids, each seeing what `bias` lets it see.

        Shapes: ids, positions (n); bias (n, past + n) -> (n, width).
        """
        bias = bias + self._hidden(positions, np.concatenate([np.arange(past), positions]))
        every = list(range(len(ids)))
        return self._biased(memory, ids[None], np.array([past + len(ids)]), positions[None], bias[None, None], every)

    def step(self, memory: CudaMemory, lengths: Ids, ids: Ids, rows: list[int]) -> Floats:
        """Read one id more in every row. Shapes: lengths, ids (B); rows (n) -> (n, vocabulary)."""
        junk = memory.shape[2] - len(ids)  # a graph is recorded for all rows of a buffer
        lengths, ids = np.pad(lengths, (0, junk)), np.pad(ids, (0, junk))
        if self._is_biased:
            bias = self._hidden(lengths, np.arange(int(lengths.max()) + 1))[:, None, None]
            return self.log_probs(self._biased(memory, ids[:, None], lengths + 1, lengths[:, None], bias, rows))
        key = (memory.address, memory.shape)
        if key not in self._steps:
            self._steps[key] = _Step(self._step, len(self._steps), self.card.architecture.vocabulary, len(ids))
            self._bind_memory(self._steps[key].binding, memory)
        longest = min(memory.capacity, self.card.architecture.context)
        found = self._steps[key].run(ids, lengths, longest)
        return found if len(rows) == len(found) else found[rows]

    def log_probs(self, hidden: Floats) -> Floats:
        """Give the log-probability of every token. Shapes: (n, width) -> (n, vocabulary)."""
        values: Floats = self._head.run(["log_probs"], {"hidden": np.ascontiguousarray(hidden)})[0]
        return values

    def _hidden(self, positions: Ids, columns: Ids) -> Floats:
        """Give the bias of the window, if there is one. Shapes: positions (S), columns (T) -> (S, T)."""
        if self._window is None:
            return np.zeros((len(positions), len(columns)), np.float32)
        return hidden_by(self._window, positions, columns)

    def _biased(
        self, memory: CudaMemory, ids: Ids, lengths: Ids, positions: Ids, bias: Floats, rows: list[int]
    ) -> Floats:
        """Run the graph that takes a bias, opening it the first time. Shapes: bias (1 or B, 1, S, max length)."""
        if self._branch is None:
            self._branch = device.cuda_session(self._folder / built.BRANCH)
        finite = np.maximum(bias, np.finfo(np.float16).min).astype(np.float16)
        more = {"position_ids": positions, "attention_bias": finite}
        return self._pass(self._branch, memory, ids, lengths, rows, more)

    def _pass(
        self, session: Any, memory: CudaMemory, ids: Ids, lengths: Ids, rows: list[int], more: dict[str, Any]
    ) -> Floats:
        """Run a graph. Shapes: ids (B, S); lengths (B), after the pass -> (rows, width)."""
        inputs = {
            "input_ids": ids,
            "seqlens_k": (lengths - 1).astype(np.int32),
            "total_length": np.array(lengths.max(), np.int32),
            "rows": np.array(rows, np.int64),
            **more,
        }
        binding = session.io_binding()
        for name, value in inputs.items():
            binding.bind_cpu_input(name, np.ascontiguousarray(value))
        self._bind_memory(binding, memory)
        hidden = np.empty((len(rows), self.card.architecture.width), np.float32)
        binding.bind_output("hidden", "cpu", 0, np.float32, hidden.shape, hidden.ctypes.data)
        session.run_with_iobinding(binding)
        return hidden

    def _bind_memory(self, binding: Any, memory: CudaMemory) -> None:
        """Bind past and present of every layer to the same place, so that a pass appends instead of copying."""
        _, sides, *part = memory.shape
        size = _size(tuple(part))
        for layer, side, name in self._parts:
            place = (PLACE, 0, np.float16, part, memory.address + (layer * sides + side) * size)
            binding.bind_input(f"past.{layer}.{name}", *place)
            binding.bind_output(f"present.{layer}.{name}", *place)


class _Step:
    """The step of one buffer: inputs and outputs at fixed places, so that what was recorded can be replayed."""

    def __init__(self, session: Any, number: int, vocabulary: int, rows: int) -> None:
        from onnxruntime import OrtValue, RunOptions

        self._session = session
        self.binding = session.io_binding()
        self._is_recorded = number < MOST_RECORDED
        self._options = RunOptions()
        self._options.add_run_config_entry("gpu_graph_id", str(number + 1) if self._is_recorded else "-1")
        self._ids = OrtValue.ortvalue_from_numpy(np.zeros((rows, 1), np.int64), PLACE, 0)
        self._lengths = OrtValue.ortvalue_from_numpy(np.zeros(rows, np.int32), PLACE, 0)
        self._log_probs = OrtValue.ortvalue_from_shape_and_type((rows, vocabulary), np.float32, PLACE, 0)
        self.binding.bind_ortvalue_input("input_ids", self._ids)
        self.binding.bind_ortvalue_input("seqlens_k", self._lengths)
        self.binding.bind_ortvalue_output("log_probs", self._log_probs)
        self._total: Any = None

    def run(self, ids: Ids, lengths: Ids, longest: int) -> Floats:
        """Read one id more in every row."""
        from onnxruntime import OrtValue

        if self._total is None:  # replayed with the value that was recorded, so it is the longest that may come
            self._total = OrtValue.ortvalue_from_numpy(np.array(longest, np.int32))
            self.binding.bind_ortvalue_input("total_length", self._total)
        self._ids.update_inplace(np.ascontiguousarray(ids[:, None], np.int64))
        self._lengths.update_inplace(lengths.astype(np.int32))
        self._session.run_with_iobinding(self.binding, self._options)
        values: Floats = self._log_probs.numpy()
        return values


def _allocate(shape: tuple[int, ...]) -> Any:
    from onnxruntime import OrtValue

    return OrtValue.ortvalue_from_shape_and_type(shape, np.float16, PLACE, 0)


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape)) * _BYTES
