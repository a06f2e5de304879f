"""Attention: a layer's normed states in, what its heads saw out; positions turn queries and keys (rotary attention).

Local layers see a window. It is a bias made of positions, not the operator's own window, which counts columns of the
memory: the nodes of a trie stand in columns far from their positions. Next door: `decoder.py` wires the rest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.build.graph import FUSED, Graph
from lotterylang.world.model.weights.checkpoint import Architecture, Checkpoint
from lotterylang.world.model.weights.layout import ROPE_DIVISORS

_LOCAL_BIAS = "local.bias"
_SCALES_AT = 12  # the place of the scales among the operator's inputs
_ROUNDED = {"k_quant_type": "PER_CHANNEL", "v_quant_type": "PER_CHANNEL", "kv_cache_bit_width": 8}
_INT64 = 7  # of onnx.TensorProto


def wire_positions(graph: Graph, weights: Checkpoint) -> None:
    """Store the angles of every position, and wire what hides far positions from local layers."""
    shape = weights.architecture
    divisor: Floats | float = shape.rope_factor
    if weights.has(ROPE_DIVISORS):  # Llama 3 stretches the slow ones
        divisor = weights.tensor(ROPE_DIVISORS) * np.float32(shape.rope_factor)
    _store_angles(graph, shape, "", shape.rope_base, divisor)
    if shape.local_rope_base is not None and shape.local_layers:
        _store_angles(graph, shape, "local.", shape.local_rope_base, 1.0)
    if shape.local_layers:
        _wire_local_bias(graph, shape.window)


def wire_attention(
    graph: Graph, weights: Checkpoint, layer: int, x: str, is_biased: bool, scales: Floats | None = None
) -> str:
    """Wire the attention of one layer, up to what its heads saw. With `scales` its memory is rounded to 8 bits.

    Shapes: (B, S, width) -> (B, S, heads · head_size); scales (layers, 2, kv_heads, head_size).
    """
    shape, block = weights.architecture, f"blk.{layer}"
    inputs = _queries_keys_values(graph, weights, block, x)
    if scales is not None:
        inputs = _less_the_first(graph, shape, layer, inputs)
    kind = graph.float if scales is None else "INT8"
    memory: list[str | int] = ["B", shape.kv_heads, "capacity", shape.head_size]
    past = [graph.input(f"past.{layer}.{part}", kind, memory) for part in ("key", "value")]
    present = [f"present.{layer}.{part}" for part in ("key", "value")]
    for name in present:
        graph.output(name, kind, memory)
    is_local = layer in shape.local_layers
    turned = "local." if is_local and shape.local_rope_base is not None else ""
    inputs += [*past, "seqlens_k", "total_length", f"{turned}cos", f"{turned}sin"]
    if is_biased:
        inputs += ["position_ids", _LOCAL_BIAS if is_local else "attention_bias"]
    attributes = _attributes(shape)
    if scales is not None:
        inputs += [""] * (_SCALES_AT - len(inputs))
        inputs += [
            graph.constant(f"{block}.{part}.scales", scales[layer, side].ravel()) for side, part in enumerate("kv")
        ]
        attributes |= _ROUNDED
    seen = graph.node("GroupQueryAttention", inputs, [f"{block}.attended", *present], FUSED, **attributes)
    if scales is None:
        return seen
    first = graph.input(f"first.{layer}.seen", graph.float, ["B", 1, shape.heads * shape.head_size])
    return graph.node("Add", [seen, first], [f"{block}.attended.whole"])


def _less_the_first(graph: Graph, shape: Architecture, layer: int, inputs: list[str]) -> list[str]:
    """Take the values of a row's first position away from those of all others.

    Much of what heads see is the first position, whatever it says (Xiao et al. 2023, arXiv:2309.17453). Weights of
    attention add up to one, so what is taken away here can be added to what was seen; and zero is rounded exactly.
    """
    packed = not inputs[2]
    width = (shape.heads + 2 * shape.kv_heads if packed else shape.kv_heads) * shape.head_size
    first = graph.input(f"first.{layer}.taken", graph.float, ["B", 1, width])
    whole = inputs[0] if packed else inputs[2]
    rest = graph.node("Sub", [whole, first], [f"{whole}.rest"])
    return [rest, "", ""] if packed else [*inputs[:2], rest]


def _attributes(shape: Architecture) -> dict[str, Any]:
    found: dict[str, Any] = {"num_heads": shape.heads, "kv_num_heads": shape.kv_heads, "do_rotary": 1}
    found["rotary_interleaved"] = int(shape.rotary_interleaved)
    if shape.attention_scale is not None:
        found["scale"] = shape.attention_scale
    return found


def _queries_keys_values(graph: Graph, weights: Checkpoint, block: str, x: str) -> list[str]:
    """Wire what the operator takes: all three packed, or apart where queries and keys are normed."""
    shape = weights.architecture
    packed = np.concatenate([weights.tensor(f"{block}.attn_{part}.weight") for part in "qkv"])
    x = graph.linear(x, f"{block}.qkv", packed)  # (B, S, (heads + 2 kv_heads) · head_size)
    if shape.qkv_bias:
        bias = np.concatenate([weights.tensor(f"{block}.attn_{part}.bias") for part in "qkv"])
        x = graph.node("Add", [x, graph.constant(f"{block}.qkv.bias", bias)], [f"{block}.qkv.biased"])
    if not shape.qk_norm:
        return [x, "", ""]
    counts = np.array([shape.heads, shape.kv_heads, shape.kv_heads], np.int64) * shape.head_size
    parts = [f"{block}.{part}" for part in "qkv"]
    graph.node("Split", [x, graph.constant("qkv.sizes", counts)], parts, axis=-1)
    return [_normed_heads(graph, weights, part, f"{block}.attn_{part[-1]}_norm.weight") for part in parts[:2]] + [
        parts[2]
    ]


def _normed_heads(graph: Graph, weights: Checkpoint, x: str, name: str) -> str:
    """Normalise each head by itself. Shapes: (B, S, n · head_size) -> the same."""
    shape = weights.architecture
    by_head = graph.constant("by_head", np.array([0, 0, -1, shape.head_size], np.int64))
    together = graph.constant("together", np.array([0, 0, -1], np.int64))
    scale = graph.constant(name, weights.tensor(name))
    split = graph.node("Reshape", [x, by_head], [f"{x}.by_head"])  # (B, S, n, head_size)
    normed = graph.node("SimplifiedLayerNormalization", [split, scale], [f"{x}.normed"], axis=-1, epsilon=shape.epsilon)
    return graph.node("Reshape", [normed, together], [f"{x}.whole"])


def _store_angles(graph: Graph, shape: Architecture, prefix: str, base: float, divisor: Floats | float) -> None:
    rates = 1.0 / base ** (np.arange(0, shape.head_size, 2) / shape.head_size) / divisor
    angles = np.arange(shape.context)[:, None] * rates[None]  # (context, head_size / 2)
    graph.constant(f"{prefix}cos", np.cos(angles).astype(np.float32))
    graph.constant(f"{prefix}sin", np.sin(angles).astype(np.float32))


def _wire_local_bias(graph: Graph, window: int) -> None:
    """Wire the bias of local layers. Shapes: -> (B, 1, S, total_length).

    A column of the memory has its own number as position, but for the S columns that the pass appends.
    """

    def whole(name: str, *numbers: int) -> str:
        return graph.constant(f"local.{name}", np.array(numbers, np.int64))

    graph.node("Cast", ["total_length"], ["local.total"], to=_INT64)
    graph.node("Shape", ["position_ids"], ["local.size"])  # (2): B and S
    graph.node("Split", ["local.size"], ["local.B", "local.S"], num_outputs=2)
    graph.node("Sub", ["local.total", "local.S"], ["local.past"])  # (1)
    graph.node("Squeeze", ["local.past"], ["local.old"])
    first, one = graph.constant("local.0", np.array(0)), graph.constant("local.1", np.array(1))
    graph.node("Range", [first, "local.old", one], ["local.old_columns"])  # (total - S)
    graph.node("Concat", ["local.B", whole("any", 1)], ["local.by_row"], axis=0)
    graph.node("Expand", ["local.old_columns", "local.by_row"], ["local.old_rows"])  # (B, total - S)
    graph.node("Concat", ["local.old_rows", "position_ids"], ["local.columns"], axis=1)  # (B, total)
    graph.node("Unsqueeze", ["local.columns", whole("keys", 1, 2)], ["local.key"])
    graph.node("Unsqueeze", ["position_ids", whole("queries", 1, 3)], ["local.query"])
    graph.node("Sub", ["local.query", "local.key"], ["local.distance"])  # (B, 1, S, total)
    graph.node("Less", ["local.distance", whole("window", window)], ["local.near"])
    hidden = graph.constant("local.hidden", np.array(-np.inf, np.float32))
    graph.node("Where", ["local.near", "attention_bias", hidden], [_LOCAL_BIAS])
