"""The decoder: open weights in, a wired body and head out, whatever family they are of.

One wiring for all of them: norms, rotary attention with grouped heads (`attention.py`), a gated feed-forward. What the
families differ in is in `Architecture`. Next door: `graph.py` makes nodes; `weights/layout.py` has checked the sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.build.attention import wire_attention, wire_positions
from lotterylang.world.model.build.graph import FUSED, Graph
from lotterylang.world.model.weights.checkpoint import Architecture, Checkpoint
from lotterylang.world.model.weights.layout import EMBEDDING, HEAD


def wire_body(graph: Graph, weights: Checkpoint, scales: Floats | None = None) -> None:
    """Wire tokens to hidden states.

    Shapes: input_ids, position_ids (B, S); seqlens_k (B), tokens before the last of each row; total_length (), columns
    of the memory in use; attention_bias (1 or B, 1, S, total_length); rows (R), positions of the flattened (B·S) whose
    hidden state is asked; past and present of each layer (B, kv_heads, capacity, head_size), one buffer for both.
    With `scales` (layers, 2, kv_heads, head_size) past and present are rounded to INT8, and first.n.taken and
    first.n.seen (B, 1, …) are what the values of a row's first position take from others and add to what is seen; there
    is no bias then, unless local layers need one.
    """
    _wire_hidden(graph, weights, is_biased=scales is None or bool(weights.architecture.local_layers), scales=scales)


def wire_plain_body(graph: Graph, weights: Checkpoint) -> None:
    """Wire tokens that follow one another to hidden states: as `wire_body`, without bias and positions."""
    _wire_hidden(graph, weights, is_biased=False)


def wire_step(graph: Graph, weights: Checkpoint) -> None:
    """Wire one token of every row to the log-probabilities of what follows: a plain body and the head in one.

    Shapes: as `wire_body` with S = 1; log_probs (B, vocabulary).
    """
    _wire_log_probs(graph, weights, _wire_states(graph, weights, is_biased=False), "B")


def wire_head(graph: Graph, weights: Checkpoint) -> None:
    """Wire hidden states to log-probabilities. Shapes: hidden (R, width) -> log_probs (R, vocabulary)."""
    graph.input("hidden", "FLOAT", ["R", weights.architecture.width])
    _wire_log_probs(graph, weights, graph.narrowed("hidden", "states"), "R")


def _wire_hidden(graph: Graph, weights: Checkpoint, is_biased: bool, scales: Floats | None = None) -> None:
    graph.input("rows", "INT64", ["R"])
    graph.output("hidden", "FLOAT", ["R", weights.architecture.width])
    graph.widened(_wire_states(graph, weights, is_biased, "rows", scales), "hidden")


def _wire_states(
    graph: Graph, weights: Checkpoint, is_biased: bool, rows: str | None = None, scales: Floats | None = None
) -> str:
    """Wire tokens to the states of all positions, or of `rows`. Shapes: -> (B·S or R, width)."""
    shape = weights.architecture
    graph.input("input_ids", "INT64", ["B", "S"])
    graph.input("seqlens_k", "INT32", ["B"])
    graph.input("total_length", "INT32", [])
    if is_biased:
        graph.input("position_ids", "INT64", ["B", "S"])
        graph.input("attention_bias", graph.float, ["N", 1, "S", "T"])
    wire_positions(graph, weights)
    x = graph.look_up("input_ids", "embedding", weights.tensor(EMBEDDING), EMBEDDING)  # (B, S, width)
    if shape.embedding_scale != 1:
        scale = graph.constant("embedding.scale", np.float32(shape.embedding_scale).reshape(1))
        x = graph.node("Mul", [x, scale], ["embedding.scaled"])
    residual = ""
    for layer in range(shape.layers):
        is_last = layer == shape.layers - 1
        attended = partial(wire_attention, graph, weights, layer, is_biased=is_biased, scales=scales)
        x, residual = _wire_layer(graph, weights, layer, x, residual, attended, rows if is_last else None)
    x, _ = _norm(graph, weights, shape, "output_norm.weight", x, residual)
    flat = graph.constant("flat", np.array([-1, shape.width], np.int64))
    return graph.node("Reshape", [x, flat], ["states"])


def _wire_log_probs(graph: Graph, weights: Checkpoint, states: str, rows: str) -> None:
    name = HEAD if weights.has(HEAD) else EMBEDDING  # a tied head is the embedding
    graph.output("log_probs", "FLOAT", [rows, weights.architecture.vocabulary])
    graph.against_rows(states, "logits", weights.tensor(name), name)
    graph.node("LogSoftmax", [graph.widened("logits", "plain_logits")], ["log_probs"], axis=-1)


def _wire_layer(
    graph: Graph,
    weights: Checkpoint,
    layer: int,
    x: str,
    residual: str,
    attended: Callable[[str], str],
    rows: str | None,
) -> tuple[str, str]:
    """Wire a layer; after the attention of the last one, only the positions that are asked go on."""
    shape, block = weights.architecture, f"blk.{layer}"
    x, residual = _norm(graph, weights, shape, f"{block}.attn_norm.weight", x, residual)
    x = attended(x)
    if rows is not None:
        x, residual = (_chosen(graph, one, rows) for one in (x, residual))
    x = graph.linear(x, f"{block}.attn_output", weights.tensor(f"{block}.attn_output.weight"))
    if shape.post_norms:
        x, _ = _norm(graph, weights, shape, f"{block}.post_attention_norm.weight", x, "")
    x, residual = _norm(graph, weights, shape, f"{block}.ffn_norm.weight", x, residual)
    x = _wire_feed_forward(graph, weights, shape, block, x)
    if shape.post_norms:
        x, _ = _norm(graph, weights, shape, f"{block}.post_ffw_norm.weight", x, "")
    return x, residual


def _chosen(graph: Graph, x: str, rows: str) -> str:
    """Choose positions of the flattened rows. Shapes: (B, S, n) -> (1, R, n)."""
    graph.node("Flatten", [x], [f"{x}.flat"], axis=2)  # (B·S, n)
    graph.node("Gather", [f"{x}.flat", rows], [f"{x}.chosen"], axis=0)
    first = graph.constant("first", np.array([0], np.int64))
    return graph.node("Unsqueeze", [f"{x}.chosen", first], [f"{x}.asked"])


def _wire_feed_forward(graph: Graph, weights: Checkpoint, shape: Architecture, block: str, x: str) -> str:
    packed = np.concatenate([weights.tensor(f"{block}.ffn_{part}.weight") for part in ("gate", "up")])
    both = graph.linear(x, f"{block}.ffn_gate_up", packed)  # (…, 2 · feed_forward)
    gate, up = f"{block}.ffn_gate", f"{block}.ffn_up"
    sizes = graph.constant("gate_up.sizes", np.array([shape.feed_forward] * 2, np.int64))
    graph.node("Split", [both, sizes], [gate, up], axis=-1)
    bent = f"{block}.{shape.activation}"
    if shape.activation == "silu":
        gate = graph.node("QuickGelu", [gate], [bent], FUSED, alpha=1.0)  # x · sigmoid(x)
    else:
        gate = graph.node("FastGelu", [gate], [bent], FUSED)  # by tanh
    x = graph.node("Mul", [gate, up], [f"{block}.gated"])
    return graph.linear(x, f"{block}.ffn_down", weights.tensor(f"{block}.ffn_down.weight"))


def _norm(graph: Graph, weights: Checkpoint, shape: Architecture, name: str, x: str, residual: str) -> tuple[str, str]:
    """Add the residual, if there is one yet, and normalise; give the normed and the plain sum."""
    scale = graph.constant(name, weights.tensor(name))
    out = f"{name}.out"
    if not residual:
        graph.node("SimplifiedLayerNormalization", [x, scale], [out], axis=-1, epsilon=shape.epsilon)
        return out, x
    total = f"{name}.sum"
    graph.node(
        "SkipSimplifiedLayerNormalization", [residual, x, scale], [out, "", "", total], FUSED, epsilon=shape.epsilon
    )
    return out, total
