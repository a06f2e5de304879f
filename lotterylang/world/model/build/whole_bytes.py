"""Whole bytes: a product with a matrix as two or three products of whole numbers, for reading many positions at once.

Processors with matrix units multiply whole bytes many times as fast as numbers, and exactly, so a row's result does
not depend on the rows beside it. A row of x becomes a byte a number and a second byte for what that one missed; a row
of the matrix likewise, its second byte only where leaving it out costs much. One scale a row: next door, `blocks.py`
has one every 32 weights, which is what a single position is multiplied with.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.build.graph import FUSED, Graph

FINE = ("qkv", "ffn_down")
"""Matrices that have a second byte, which makes a product half as slow again. Reading with SmolLM2-135M has KL 0.0016
with these, 0.0006 with all and 0.0041 with none."""

_HIGHEST, _FINER = 127, 254  # of a code; and how many of the second byte's steps make one of the first's
_ZERO = 128  # of an unsigned byte
_NEVER_ZERO = 1e-8


class ByteGraph(Graph):
    """A graph whose layers multiply whole bytes."""

    def linear(self, x: str, name: str, matrix: Floats) -> str:
        """Multiply by a matrix. Shapes: (…, columns) -> (…, rows)."""
        first, second, scales = _bytes_of(matrix)
        coarse, rest, top = self._in_bytes(x)
        large = self.constant(f"{name}.large", (scales / _HIGHEST).astype(np.float32))
        small = self.constant(f"{name}.small", (scales / _HIGHEST / _FINER).astype(np.float32))
        stored = self.stored(f"{name}.first", first, "INT8")
        pairs = [(coarse, stored, large), (rest, stored, small)]
        if name.endswith(FINE):
            pairs.append((coarse, self.stored(f"{name}.second", second, "INT8"), small))
        parts = [self._product(f"{name}.{place}", *pair) for place, pair in enumerate(pairs)]
        return self.node("Mul", [self.node("Sum", parts, [f"{name}.sum"]), top], [name])

    def _product(self, name: str, codes: str, matrix: str, scales: str) -> str:
        inputs = [codes, matrix, "bytes.one", scales, "bytes.zero"]
        return self.node("MatMulIntegerToFloat", inputs, [name], FUSED)

    def _in_bytes(self, x: str) -> tuple[str, str, str]:
        """Split x, once for all matrices it meets: x = (first + second / 254) · top / 127. Shapes: top (…, 1)."""
        first, second, top = f"{x}.first", f"{x}.second", f"{x}.top"
        if not self.is_new(first):
            return first, second, top
        one = self.constant("bytes.one", np.array(1, np.float32))
        zero = self.constant("bytes.zero", np.array(_ZERO, np.uint8))
        finer = self.constant("bytes.finer", np.array(1 / _FINER, np.float32))
        highest = self.constant("bytes.highest", np.array(_HIGHEST, np.float32))
        never_zero = self.constant("bytes.never_zero", np.array(_NEVER_ZERO, np.float32))
        last = self.constant("bytes.last", np.array([-1], np.int64))
        self.node("ReduceMax", [self.node("Abs", [x], [f"{x}.abs"]), last], [f"{x}.highest"], keepdims=1)
        self.node("Max", [f"{x}.highest", never_zero], [top])
        whole = self.node("Mul", [x, self.node("Div", [highest, top], [f"{x}.inverse"])], [f"{x}.whole"])
        self.node("QuantizeLinear", [whole, one, zero], [first])
        self.node("DequantizeLinear", [first, one, zero], [f"{x}.told"])
        rest = self.node("Sub", [whole, f"{x}.told"], [f"{x}.rest"])
        self.node("QuantizeLinear", [rest, finer, zero], [second])
        return first, second, top


def _bytes_of(matrix: Floats) -> tuple[NDArray[np.int8], NDArray[np.int8], Floats]:
    """Split a matrix: weight = (first + second / 254) · scale. Shapes: -> two of (columns, rows), scales (rows)."""
    scales = np.maximum(np.abs(matrix).max(axis=1) / _HIGHEST, _NEVER_ZERO)
    whole = matrix / scales[:, None]
    first = np.round(whole)
    second = np.round((whole - first) * _FINER)
    return first.T.astype(np.int8), second.T.astype(np.int8), scales
