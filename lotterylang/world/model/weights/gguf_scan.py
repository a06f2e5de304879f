"""Scanning: a GGUF file in, nothing or an error out, before a reader that trusts the file is let at it.

The reader makes lists as long as the file says they are, so a changed byte could ask for all the memory there is. Here
every length is held against what is left of the file. Source: the GGUF specification of ggml. Next door: `gguf.py`.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from lotterylang.world.model.weights.checkpoint import damaged

_MAGIC, _VERSIONS = b"GGUF", (2, 3)
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value by its type, texts and lists aside."""

_TEXT, _LIST = 8, 9
_SHORTEST_PAIR, _SHORTEST_TENSOR = 13, 24  # bytes
_MOST_DIMENSIONS, _DEEPEST = 8, 4


def scan(path: Path) -> None:
    """Hold all that a file says of its lengths against the file. Errors: LOT-E0721 where it does not fit."""
    with path.open("rb") as file:
        _Scan(path, file).run()


class _Scan:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file
        self._left = path.stat().st_size

    def run(self) -> None:
        if self._bytes(4) != _MAGIC:
            raise damaged(self._path, "it does not begin as a GGUF file does")
        version = self._number("<I")
        if version not in _VERSIONS:
            raise damaged(self._path, f"it is of version {version}, known are {_VERSIONS[0]} and {_VERSIONS[1]}")
        tensors, pairs = self._number("<Q"), self._number("<Q")
        self._hold(tensors * _SHORTEST_TENSOR + pairs * _SHORTEST_PAIR)
        for _ in range(pairs):
            self._text()
            self._value(self._number("<I"), 0)
        for _ in range(tensors):
            self._tensor()

    def _value(self, kind: int, depth: int) -> None:
        if kind in _SIZES:
            self._skip(_SIZES[kind])
        elif kind == _TEXT:
            self._text()
        elif kind == _LIST and depth < _DEEPEST:
            of, count = self._number("<I"), self._number("<Q")
            if of in _SIZES:
                self._skip(count * _SIZES[of])
                return
            self._hold(count * 8)
            for _ in range(count):
                self._value(of, depth + 1)
        else:
            raise damaged(self._path, f"a value of the kind {kind} is not known")

    def _tensor(self) -> None:
        self._text()
        dimensions = self._number("<I")
        if dimensions > _MOST_DIMENSIONS:
            raise damaged(self._path, f"a tensor of {dimensions} dimensions")
        self._skip(dimensions * 8 + 12)

    def _text(self) -> None:
        self._skip(self._number("<Q"))

    def _number(self, form: str) -> int:
        found: int = struct.unpack(form, self._bytes(struct.calcsize(form)))[0]
        return found

    def _bytes(self, count: int) -> bytes:
        self._hold(count)
        self._left -= count
        return self._file.read(count)

    def _skip(self, count: int) -> None:
        self._hold(count)
        self._left -= count
        self._file.seek(count, 1)

    def _hold(self, count: int) -> None:
        if count > self._left:
            raise damaged(self._path, f"{count} bytes are announced where {self._left} are left")
