"""The decoder: open weights in, a wired body and head out, whatever family they are of.

One wiring for all of them: norms, rotary attention with grouped heads (`attention.py`), a gated feed-forward. What the
families differ in is in `Architecture`. Next door: `graph.py` makes nodes; `weights/layout.py` has checked the sizes.
"""

from __future__ import annotations

import numpy as np

from lotterylang.world.model.build.attention import wire_attention, wire_positions
from lotterylang.world.model.build.graph import FUSED, Graph
from lotterylang.world.model.weights.checkpoint import Architecture, Checkpoint
from lotterylang.world.model.weights.layout import EMBEDDING, HEAD


def wire_body(graph: Graph, weights: Checkpoint) -> None:
    """Wire tokens to hidden states.

    Shapes: input_ids, position_ids (B, S); seqlens_k (B), tokens before the last of each row; total_length (), columns
    of the memory in use; attention_bias (1 or B, 1, S, total_length); rows (R), positions of the flattened (B·S) whose
    hidden state is asked; past and present of each layer (B, kv_heads, capacity, head_size), one buffer for both.
    """
    shape = weights.architecture
    graph.input("input_ids", "INT64", ["B", "S"])
    graph.input("position_ids", "INT64", ["B", "S"])
    graph.input("seqlens_k", "INT32", ["B"])
    graph.input("total_length", "INT32", [])
    graph.input("attention_bias", "FLOAT", ["N", 1, "S", "T"])
    graph.input("rows", "INT64", ["R"])
    graph.output("hidden", "FLOAT", ["R", shape.width])
    wire_positions(graph, weights)
    x = graph.look_up("input_ids", "embedding", weights.tensor(EMBEDDING), EMBEDDING)  # (B, S, width)
    if shape.embedding_scale != 1:
        scale = graph.constant("embedding.scale", np.float32(shape.embedding_scale).reshape(1))
        x = graph.node("Mul", [x, scale], ["embedding.scaled"])
    residual = ""
    for layer in range(shape.layers):
        x, residual = _wire_layer(graph, weights, shape, layer, x, residual)
    x, _ = _norm(graph, weights, shape, "output_norm.weight", x, residual)
    flat = graph.constant("flat", np.array([-1, shape.width], np.int64))
    graph.node("Reshape", [x, flat], ["states"])  # (B·S, width)
    graph.node("Gather", ["states", "rows"], ["hidden"], axis=0)  # (R, width)


def wire_head(graph: Graph, weights: Checkpoint) -> None:
    """Wire hidden states to log-probabilities. Shapes: hidden (R, width) -> log_probs (R, vocabulary)."""
    shape = weights.architecture
    name = HEAD if weights.has(HEAD) else EMBEDDING  # a tied head is the embedding
    graph.input("hidden", "FLOAT", ["R", shape.width])
    graph.output("log_probs", "FLOAT", ["R", shape.vocabulary])
    graph.against_rows("hidden", "logits", weights.tensor(name), name)
    graph.node("LogSoftmax", ["logits"], ["log_probs"], axis=-1)


def _wire_layer(
    graph: Graph, weights: Checkpoint, shape: Architecture, layer: int, x: str, residual: str
) -> tuple[str, str]:
    block = f"blk.{layer}"
    x, residual = _norm(graph, weights, shape, f"{block}.attn_norm.weight", x, residual)
    x = wire_attention(graph, weights, layer, x)
    if shape.post_norms:
        x, _ = _norm(graph, weights, shape, f"{block}.post_attention_norm.weight", x, "")
    x, residual = _norm(graph, weights, shape, f"{block}.ffn_norm.weight", x, residual)
    x = _wire_feed_forward(graph, weights, shape, block, x)
    if shape.post_norms:
        x, _ = _norm(graph, weights, shape, f"{block}.post_ffw_norm.weight", x, "")
    return x, residual


def _wire_feed_forward(graph: Graph, weights: Checkpoint, shape: Architecture, block: str, x: str) -> str:
    gate = graph.linear(x, f"{block}.ffn_gate", weights.tensor(f"{block}.ffn_gate.weight"))
    up = graph.linear(x, f"{block}.ffn_up", weights.tensor(f"{block}.ffn_up.weight"))
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
