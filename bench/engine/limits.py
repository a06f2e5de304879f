"""Limits: what no engine can pass on this machine with these weights.

A step reads all weights and every row's keys and values once, so bytes over the measured memory bandwidth bound it; a
pass over many tokens multiplies, so operations over the measured peak bound it too. Bytes of weights are those of the
built model on disk; the peak is the best that ONNX Runtime reaches on one large product: on a CPU in 32 or in 8 bits,
on CUDA in half precision, where one row of such a product also tells the bandwidth.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.world.model import device
from lotterylang.world.model.build.folder import BODY, HEAD
from lotterylang.world.model.network.interface import Network

ARRAY, TRIES = 1 << 27, 5  # float32 numbers that each thread adds up
SIZE = (1_024, 1_536, 1_536)
CUDA_ROWS, CUDA_SIDE = 8_192, 16_384


@dataclass(frozen=True, slots=True)
class Limits:
    """What was measured, and what the model needs. Units: bytes, operations, seconds."""

    bandwidth: float
    peak: float
    weight_bytes: int
    position_bytes: int
    body_operations: float
    """Of one token in all layers, attention left out."""
    attention_operations: float
    """Of one token for each position that it sees."""
    head_operations: float

    def step(self, rows: int, context: int) -> float:
        """Give the least seconds of a step of some rows that each have some positions."""
        return (self.weight_bytes + rows * context * self.position_bytes) / self.bandwidth

    def read(self, tokens: int, past: int = 0, heads: int = 1) -> float:
        """Give the least seconds of reading tokens after others, with log-probabilities of `heads` of them."""
        attention = self.attention_operations * (past + tokens / 2)
        operations = tokens * (self.body_operations + attention) + heads * self.head_operations
        return max(operations / self.peak, self.step(1, past))


def measured(folder: Path, network: Network) -> Limits:
    """Measure the machine and count what the model of a folder needs."""
    shape = network.card.architecture
    attention = shape.width * (shape.heads + 2 * shape.kv_heads) * shape.head_size
    layer = attention + shape.heads * shape.head_size * shape.width + 3 * shape.width * shape.feed_forward
    on_cuda = device.without_cuda() is None
    bytes_a_second, operations_a_second = cuda() if on_cuda else (bandwidth(), max(products().values()))
    return Limits(
        bandwidth=bytes_a_second,
        peak=operations_a_second,
        weight_bytes=_weight_bytes(folder),
        position_bytes=network.bytes_per_slot_position,
        body_operations=2.0 * layer * shape.layers,
        attention_operations=4.0 * shape.heads * shape.head_size * shape.layers,
        head_operations=2.0 * shape.width * shape.vocabulary,
    )


def _weight_bytes(folder: Path) -> int:
    """Count the bytes of weights that a step reads, those of body and head, each once."""
    import onnx

    spans = set()
    for name in (BODY, HEAD):
        for tensor in onnx.load(folder / name, load_external_data=False).graph.initializer:
            place = {entry.key: entry.value for entry in tensor.external_data}
            if place:
                spans.add((int(place["offset"]), int(place["length"])))
    return sum(length for _, length in spans)


def bandwidth() -> float:
    """Give the bytes a second at which all cores together add up large arrays: the best of some tries."""
    arrays = [np.ones(ARRAY, np.float32) for _ in range(device.usable_cores())]
    with ThreadPoolExecutor(len(arrays)) as pool:
        return sum(array.nbytes for array in arrays) / _least(lambda: list(pool.map(np.sum, arrays)))


def products() -> dict[str, float]:
    """Give the operations a second of one large product, by the kind of its numbers."""
    rows, inner, columns = SIZE
    kinds = {"float": ("MatMul", np.float32, np.float32), "bytes": ("MatMulInteger", np.uint8, np.int8)}
    found = {}
    for name, (operator, left, right) in kinds.items():
        session = _product(operator, np.ones((inner, columns), right), left)
        given = {"x": np.ones((rows, inner), left)}
        found[name] = 2.0 * rows * inner * columns / _least(lambda s=session, g=given: s.run(None, g))
    return found


def cuda() -> tuple[float, float]:
    """Give the bytes a second of one row of a large product on the CUDA device, and the operations of many rows."""
    from onnxruntime import OrtValue

    weights = np.ones((CUDA_SIDE, CUDA_SIDE), np.float16)
    session = _product("MatMul", weights, np.float16, "CUDAExecutionProvider")
    seconds = []
    for rows in (1, CUDA_ROWS):
        binding = session.io_binding()
        binding.bind_ortvalue_input(
            "x", OrtValue.ortvalue_from_numpy(np.ones((rows, CUDA_SIDE), np.float16), "cuda", 0)
        )
        binding.bind_output("y", "cuda", 0)

        def run(bound: Any = binding) -> None:
            session.run_with_iobinding(bound)
            bound.synchronize_outputs()

        seconds.append(_least(run))
    return weights.nbytes / seconds[0], 2.0 * CUDA_ROWS * weights.size / seconds[1]


def _product(operator: str, weights: np.ndarray, left: type, provider: str = "CPUExecutionProvider") -> Any:
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime import InferenceSession, SessionOptions

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(left))
    result = TensorProto.INT32 if operator == "MatMulInteger" else kind
    graph = helper.make_graph(
        [helper.make_node(operator, ["x", "w"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", kind, ["n", weights.shape[0]])],
        [helper.make_tensor_value_info("y", result, ["n", weights.shape[1]])],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    options = SessionOptions()
    options.intra_op_num_threads = device.usable_cores()
    return InferenceSession(model.SerializeToString(), options, providers=[provider])


def _least(run: Callable[[], object]) -> float:
    """Give the seconds of the fastest of some runs."""
    run()
    times = []
    for _ in range(TRIES):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
