"""Graphs: nodes and tensors in, ONNX files out, fused and without torch.

A model is two graphs over one tensor file: the *body* (tokens and the memory of earlier tokens to hidden states) and
the *head* (hidden states to log-probabilities of every token), so that a pass pays for the head only where it is asked.
Next door: `decoder.py` wires a family; `blocks.py` quantises, `tensors.py` stores; `folder.py` decides when.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lotterylang.recipe import Precision
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.build.blocks import BLOCK, Codes, eight_bits, four_bits, own_four_bits, packed
from lotterylang.world.model.build.tensors import TensorFile

FUSED = "com.microsoft"
"""The domain of ONNX Runtime's own fused operators."""

_FINE, _FINE_BLOCK = ("qkv", "ffn_down"), 16
"""The operator rounds what it multiplies in the weights' own blocks. Half as large in these and at both ends, they take
a step of SmolLM2-135M from KL 0.0036 to 0.0025 for 3 % of its time; everywhere, to 0.0021 for 10 %. In the head they
make a CHOOSE 9 % slower, but without them close choices turn over: two of the 28 rules of `bench/turing.py`."""

_OPSETS = (("", 18), (FUSED, 1))
_IR_VERSION = 10


class Graph:
    """A graph under construction. Every method that adds a node gives back the name of its (first) output."""

    def __init__(self, name: str, tensors: TensorFile, precision: Precision) -> None:
        self._name = name
        self._tensors = tensors
        self._precision = precision
        self.float = "FLOAT16" if precision == "fp16" else "FLOAT"
        """The type of activations, by its ONNX name."""
        self._nodes: list[Any] = []
        self._initializers: dict[str, Any] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._made: set[str] = set()

    def input(self, name: str, kind: str, shape: list[str | int]) -> str:
        """Declare an input; `kind` is a type name of ONNX, as `INT64`."""
        self._inputs.append(_declared(name, kind, shape))
        return name

    def output(self, name: str, kind: str, shape: list[str | int]) -> None:
        """Declare an output."""
        self._outputs.append(_declared(name, kind, shape))

    def node(self, operator: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> str:
        """Add a node."""
        from onnx import helper

        self._nodes.append(helper.make_node(operator, inputs, outputs, outputs[0], domain=domain, **attributes))
        return outputs[0]

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """Add a tensor that is stored in the graph's own file: for small ones."""
        from onnx import numpy_helper

        if values.dtype == np.float32:
            values = values.astype(self._stored_as)
        self._initializers[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def stored(self, name: str, values: NDArray[Any], kind: str) -> str:
        """Add a tensor that is stored in the tensor file; `kind` is a type name of ONNX, as `INT8`."""
        if not self._tensors.holds(name):
            self._tensors.write(name, values)
        return self._seen(name, name, kind, values.shape)

    def is_new(self, name: str) -> bool:
        """Tell the first time that something of this name is about to be added, and never again."""
        is_new = name not in self._made
        self._made.add(name)
        return is_new

    def widened(self, x: str, name: str) -> str:
        """Give activations in full precision, under the name that is to be an output or the input of a softmax."""
        from onnx import TensorProto

        return self.node("Cast", [x], [name], to=TensorProto.FLOAT)

    def narrowed(self, x: str, name: str) -> str:
        """Give numbers of full precision in the type of activations."""
        from onnx import TensorProto

        return self.node("Cast", [x], [name], to=getattr(TensorProto, self.float))

    def linear(self, x: str, name: str, matrix: Floats) -> str:
        """Multiply by a matrix. Shapes: (B, S, columns) -> (B, S, rows). Errors: LOT-E0706, see `_exact_linear`."""
        match self._precision:
            case "fp16" | "fp32":
                return self.node("MatMul", [x, self._stored(f"{name}.weight", matrix.T)], [name])
            case "int8":
                return self._quantized_linear(x, name, matrix, name, _FINE_BLOCK if name.endswith(_FINE) else BLOCK)
            case "int4":
                codes, scales, zeros = four_bits(matrix)
                return self._four_bit_linear(x, name, codes, scales, zeros)
            case "int4-exact":
                return self._exact_linear(x, name, matrix)

    def look_up(self, ids: str, name: str, matrix: Floats, stored: str) -> str:
        """Give a row of a matrix for each id. Shapes: (…) -> (…, columns)."""
        if self._is_plain:
            return self.node("Gather", [self._stored(stored, matrix), ids], [name])
        codes, scales = self._quantized(stored, matrix, _FINE_BLOCK)
        rows, columns = matrix.shape
        table = self._seen(codes, f"{name}.codes", "UINT8", (rows, columns))
        widths = self._seen(scales, f"{name}.scales", "FLOAT", (rows, columns // _FINE_BLOCK))
        attributes = {"bits": 8, "block_size": _FINE_BLOCK, "gather_axis": 0, "quantize_axis": 1}
        return self.node("GatherBlockQuantized", [table, ids, widths], [name], FUSED, **attributes)

    def against_rows(self, x: str, name: str, matrix: Floats, stored: str) -> str:
        """Multiply by a matrix that `look_up` may already have stored. Shapes: (n, columns) -> (n, rows)."""
        if self._is_plain:
            return self.node("Gemm", [x, self._stored(stored, matrix)], [name], transB=1)
        return self._quantized_linear(x, name, matrix, stored, _FINE_BLOCK)

    def _quantized_linear(self, x: str, name: str, matrix: Floats, stored: str, block: int) -> str:
        rows, columns = matrix.shape
        codes, scales = self._quantized(stored, matrix, block)
        blocked = self._seen(codes, f"{name}.blocks", "UINT8", (rows, columns // block, block))
        flat = self._seen(scales, f"{name}.flat", "FLOAT", (rows * columns // block,))
        attributes = {"K": columns, "N": rows, "bits": 8, "block_size": block, "accuracy_level": 4}
        return self.node("MatMulNBits", [x, blocked, flat], [name], FUSED, **attributes)

    def _four_bit_linear(self, x: str, name: str, codes: Codes, scales: Floats, zeros: Codes | None = None) -> str:
        rows, columns = codes.shape
        inputs = [x, self._written(f"{name}.blocks", packed(codes), (rows, columns // BLOCK, BLOCK // 2))]
        inputs.append(self._written(f"{name}.flat", scales, (rows * columns // BLOCK,)))
        if zeros is not None:  # else the operator's own, the middle
            both = packed(zeros)
            inputs.append(self._written(f"{name}.zeros", both, (both.size,)))
        attributes = {"K": columns, "N": rows, "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
        return self.node("MatMulNBits", inputs, [name], FUSED, **attributes)

    def _exact_linear(self, x: str, name: str, matrix: Floats) -> str:
        """Multiply by the file's own blocks, (code - 8) · step + centre: codes as they are, centres by sums of x.

        Errors: LOT-E0706 where the weights do not come from blocks of 4 bits.
        """
        own = own_four_bits(matrix)
        if own is None:
            fact = f"the weights of {name} were not stored in blocks of 4 bits, so they can't be kept exactly"
            raise error("LOT-E0706", fact, help="choose a Q4_0 or Q4_1 file as it is, or `int4`, which rounds anew")
        codes, steps, centres = own
        near = self._four_bit_linear(x, f"{name}.codes", codes, steps)
        sums, stored = self._block_sums(x, codes.shape[1]), self._stored(f"{name}.centres", centres.T)
        rest = self.node("MatMul", [sums, stored], [f"{name}.rest"])
        return self.node("Add", [near, rest], [name])

    def _block_sums(self, x: str, columns: int) -> str:
        """Sum x over each block, once for all matrices. Shapes: (B, S, columns) -> (B, S, columns / 32)."""
        sums = f"{x}.sums"
        if self.is_new(sums):
            shape = self.constant(f"{x}.split", np.array([0, 0, columns // BLOCK, BLOCK], np.int64))
            last = self.constant("last", np.array([3], np.int64))
            split = self.node("Reshape", [x, shape], [f"{x}.by_block"])
            self.node("ReduceSum", [split, last], [sums], keepdims=0)
        return sums

    def save(self, path: Path) -> None:
        """Write the graph; the tensor file must stand beside it."""
        from onnx import helper

        graph = helper.make_graph(
            self._nodes, self._name, self._inputs, self._outputs, list(self._initializers.values())
        )
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="lotterylang")
        path.write_bytes(model.SerializeToString())

    @property
    def _is_plain(self) -> bool:
        """Tell whether matrices are stored as numbers, not as codes and scales."""
        return self._precision in ("fp16", "fp32")

    @property
    def _stored_as(self) -> type[np.floating[Any]]:
        return np.float16 if self._precision == "fp16" else np.float32

    def _stored(self, name: str, values: Floats) -> str:
        return self._written(name, values.astype(self._stored_as), values.shape)

    def _written(self, name: str, values: NDArray[Any], shape: tuple[int, ...]) -> str:
        if not self._tensors.holds(name):
            self._tensors.write(name, values)
        kind = {np.uint8: "UINT8", np.float16: "FLOAT16"}.get(values.dtype.type, "FLOAT")
        return self._seen(name, name, kind, shape)

    def _quantized(self, name: str, matrix: Floats, block: int) -> tuple[str, str]:
        codes_name, scales_name = f"{name}.codes", f"{name}.scales"
        if not self._tensors.holds(codes_name):
            codes, scales = eight_bits(matrix)
            self._tensors.write(codes_name, codes)
            self._tensors.write(scales_name, np.repeat(scales, BLOCK // block, axis=1))
        return codes_name, scales_name

    def _seen(self, stored: str, name: str, kind: str, shape: tuple[int, ...]) -> str:
        from onnx import TensorProto

        if name not in self._initializers:
            self._initializers[name] = self._tensors.reference(stored, name, getattr(TensorProto, kind), shape)
        return name


def _declared(name: str, kind: str, shape: list[str | int]) -> Any:
    from onnx import TensorProto, helper

    return helper.make_tensor_value_info(name, getattr(TensorProto, kind), shape)
