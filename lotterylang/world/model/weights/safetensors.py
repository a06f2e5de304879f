"""Safetensors: a file of named tensors in, float32 arrays out. A length, a JSON header, then numbers: nothing runs.

Source: the format's description in the README of huggingface/safetensors. Next door: `adapter.py` reads adapters.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.weights.checkpoint import Floats, damaged

_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000
_KINDS = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": np.uint16}


def tensors_of(path: Path) -> dict[str, Floats]:
    """Read every tensor of a file. Errors: LOT-E0721 where it is missing, cut short, damaged or not of floats."""
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as cause:
        reason = (cause.strerror or "").lower()
        raise error("LOT-E0721", f"the file {path} can't be read: {reason}", help="check the path") from cause
    length = int.from_bytes(data[:_LENGTH_BYTES].tobytes(), "little")
    begin = _LENGTH_BYTES + length
    if len(data) < _LENGTH_BYTES or not 2 <= length <= min(_LONGEST_HEADER, len(data) - _LENGTH_BYTES):
        raise damaged(path, "it does not begin as a safetensors file does")
    try:
        header = json.loads(data[_LENGTH_BYTES:begin].tobytes())
        return {name: _tensor(data[begin:], said) for name, said in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise damaged(path, f"{type(cause).__name__}: {cause}") from cause


def _tensor(data: Any, said: dict[str, Any]) -> Floats:
    start, end = said["data_offsets"]
    if not 0 <= start <= end <= len(data):
        raise ValueError("a tensor lies outside the file")
    stored = data[start:end].view(_KINDS[said["dtype"]]).reshape(said["shape"])
    if said["dtype"] == "BF16":  # the upper half of a float32
        stored = (stored.astype(np.uint32) << 16).view(np.float32)
    values: Floats = stored.astype(np.float32)
    if not np.isfinite(values).all():
        raise ValueError("it holds values that are not finite")
    return values
