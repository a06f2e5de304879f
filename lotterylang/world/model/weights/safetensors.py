"""Safetensors: a file in, its tensors out, mapped and not read until asked.

The format is eight bytes of length, a JSON header of names, kinds, shapes and places, and the numbers. Read here
because numpy has no bfloat16, which most models are stored in. Next door: `folder.py` opens the files of a model.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.weights.checkpoint import damaged, unsupported

_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000
_STORED: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
    "F64": np.dtype("<f8"),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in a file. `begin` counts bytes from the start of the file."""

    path: Path
    kind: str
    shape: tuple[int, ...]
    begin: int

    def values(self) -> Floats:
        """Read it. Errors: `LOT-E0722` for numbers that are no floats."""
        stored = _STORED.get(self.kind)
        if stored is None:
            raise unsupported(self.path, f"its weights are stored as {self.kind}")
        found = np.memmap(self.path, stored, "r", self.begin, self.shape) if math.prod(self.shape) else np.empty(0)
        if self.kind == "BF16":
            return _widened(found)
        return np.array(found, np.float32)


def tensors_of(path: Path) -> dict[str, Stored]:
    """List the tensors of a file. Errors: `LOT-E0721` if it is cut short or no such file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            if not 0 < length <= min(_LONGEST_HEADER, size - _LENGTH_BYTES):
                raise damaged(path, "it does not begin as a safetensors file does, or is cut short")
            header: dict[str, Any] = json.loads(file.read(length))
        header.pop("__metadata__", None)
        return {name: _stored(path, facts, _LENGTH_BYTES + length, size) for name, facts in header.items()}
    except OSError as cause:
        raise damaged(path, (cause.strerror or str(cause)).lower()) from cause
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise damaged(path, "its header makes no sense") from cause


def _stored(path: Path, facts: dict[str, Any], after: int, size: int) -> Stored:
    begin, end = facts["data_offsets"]
    found = Stored(path, str(facts["dtype"]), tuple(int(n) for n in facts["shape"]), after + int(begin))
    stored = _STORED.get(found.kind)
    if not 0 <= begin <= end or after + end > size:
        raise damaged(path, "it is cut short")
    if stored is not None and math.prod(found.shape) * stored.itemsize != end - begin:
        raise ValueError("a tensor of another size than its shape")
    return found


def _widened(halves: NDArray[Any]) -> Floats:
    """Turn bfloat16, the upper halves of float32, into float32."""
    whole: Floats = (halves.astype(np.uint32) << 16).view(np.float32)
    return whole
