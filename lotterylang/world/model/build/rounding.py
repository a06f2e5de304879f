"""Rounding: a built body and its tokenizer in, how large each channel of keys and values becomes out.

Rows are decoded over memories of 8 bits, so that a step of many rows reads a quarter: a scale a channel, found once by
reading a text that was written for it. Next door: `attention.py` wires it; `network/rounded.py` rounds what was read.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.world.model import device
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.checkpoint import Architecture

ROOM = 1.25
"""How much larger than in that text a channel may become before it is cut off; more makes everything coarser. Measured
with SmolLM2-135M: a step has KL 0.0025 over a full memory, with 1.1 of a long text 0.0032, with 1.25 0.0031; of a text
a fifth as long with 1.25 0.0040, with 1.5 0.0035."""

LARGEST_NOISE = 1e-3
"""Rounding's share of the variance of a head's keys or values above which a memory is not rounded. SmolLM2-135M has
0.0003; a channel that is always far from zero, as biased keys have them, would come out as noise."""

_HIGHEST = 127
_LONGEST, _MOST = 512, 8192  # tokens of one text, and of all
_NEVER_ZERO = 1e-6


def scales_of(body: Path, tokenizer: Any, shape: Architecture) -> Floats | None:
    """Find the scales, None where rounding would cost too much. Shapes: -> (layers, 2, kv_heads, head_size)."""
    session = device.session(body, device.usable_cores())
    text = (files(__package__) / "rounding.txt").read_text(encoding="utf-8")
    ids = np.array(tokenizer.encode(text).ids[:_MOST], np.int64)
    longest = min(_LONGEST, shape.context)
    remembered = [_remembered(session, ids[at : at + longest], shape) for at in range(0, len(ids), longest)]
    largest = np.max([np.abs(values).max(axis=3) for values in remembered], axis=0)
    scales = np.maximum(largest * ROOM / _HIGHEST, _NEVER_ZERO)
    variance = np.mean([values.var(axis=3) for values in remembered], axis=0)
    noise = (scales**2 / 12).sum(axis=-1) / np.maximum(variance.sum(axis=-1), _NEVER_ZERO)
    return None if noise.max() > LARGEST_NOISE else scales.astype(np.float32)


def _remembered(session: Any, ids: Any, shape: Architecture) -> Floats:
    """Read a text; give keys, and values less those of its first position.

    Shapes: ids (n) -> (layers, 2, kv_heads, n, head_size).
    """
    count = len(ids)
    memory = np.zeros((shape.layers, 2, 1, shape.kv_heads, count, shape.head_size), np.float32)
    binding = session.io_binding()
    inputs = {
        "input_ids": ids[None],
        "position_ids": np.arange(count)[None],
        "seqlens_k": np.array([count - 1], np.int32),
        "total_length": np.array(count, np.int32),
        "attention_bias": np.zeros((1, 1, count, count), np.float32),
        "rows": np.array([0]),
    }
    for name, value in inputs.items():
        binding.bind_cpu_input(name, value)
    for layer in range(shape.layers):
        for side, name in enumerate(("key", "value")):
            part = memory[layer, side]
            place = ("cpu", 0, np.float32, part.shape, part.ctypes.data)
            binding.bind_input(f"past.{layer}.{name}", *place)
            binding.bind_output(f"present.{layer}.{name}", *place)
    binding.bind_output("hidden")
    session.run_with_iobinding(binding)
    memory[:, 1] -= memory[:, 1, :, :, :1]
    return memory[:, :, 0]
