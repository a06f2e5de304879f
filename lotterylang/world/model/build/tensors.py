"""Tensors on disk: numbers in, one file of them beside the graphs and references to it out.

Both graphs of a model (`graph.py`) point into the same file, so the embedding, which is also the output matrix, is
stored once. Files are mapped, not copied, when a session opens.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import TensorProto

_PAGE = 4096  # offsets of whole pages can be mapped on every system


class TensorFile:
    """A file that tensors are appended to, each once under its name."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._file: BinaryIO = path.open("wb")
        self._places: dict[str, tuple[int, int]] = {}

    def holds(self, name: str) -> bool:
        """Tell whether a tensor of this name is already written."""
        return name in self._places

    def write(self, name: str, values: NDArray[Any]) -> None:
        """Append a tensor, beginning on a page of its own."""
        self._file.write(b"\0" * (-self._file.tell() % _PAGE))
        data = np.ascontiguousarray(values).tobytes()
        self._places[name] = (self._file.tell(), len(data))
        self._file.write(data)

    def reference(self, stored: str, name: str, kind: int, shape: tuple[int, ...]) -> TensorProto:
        """Give an ONNX tensor that points to what was stored, seen in the given shape."""
        from onnx import TensorProto

        offset, length = self._places[stored]
        tensor = TensorProto(name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", self._name), ("offset", offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        return tensor

    def flush(self) -> None:
        """See that what was written so far can be read."""
        self._file.flush()

    def close(self) -> None:
        """Finish the file; it is on the disk afterwards."""
        import os

        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
