"""The Llama family: RMS norms, rotary attention with grouped heads, a gated feed-forward. Mistral and SmolLM2 are it.

What enters are open weights, what leaves is a wired body and head (`graph.py`). GGUF stores the rows of Q and K so that
rotary pairs lie side by side, hence `rotary_interleaved`.
"""

from __future__ import annotations

import numpy as np

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.build.graph import FUSED, Graph
from lotterylang.world.model.build.tensors import BLOCK
from lotterylang.world.model.weights.checkpoint import Architecture, Floats
from lotterylang.world.model.weights.checkpoint import Checkpoint

EMBEDDING = "token_embd.weight"

OTHER_FILE = "use another file of the model, or the catalogue's: `lot model list`"


def wire_body(graph: Graph, weights: Checkpoint, branching: bool = True) -> None:
    """Wire tokens to hidden states.

    Shapes: input_ids, position_ids (B, S); seqlens_k (B), tokens before the last of each row; total_length (), columns
    of the memory in use; attention_bias (1, 1, S, total_length); rows (R), positions of the flattened (B·S) whose
    hidden state is asked; past and present of each layer (B, kv_heads, capacity, head_size), one buffer for both.
    Without `branching` there is no bias, and positions follow one another.
    """
    shape = weights.architecture
    graph.input("rows", "INT64", ["R"])
    graph.output("hidden", "FLOAT", ["R", shape.width])
    states = _wire_states(graph, weights, shape, branching)
    graph.node("Gather", [states, "rows"], ["asked"], axis=0)  # (R, width)
    graph.node("Cast", ["asked"], ["hidden"], to=1)


def wire_plain_body(graph: Graph, weights: Checkpoint) -> None:
    """Wire tokens that follow one another to hidden states: `wire_body` without bias and positions."""
    wire_body(graph, weights, branching=False)


def _wire_states(graph: Graph, weights: Checkpoint, shape: Architecture, branching: bool) -> str:
    _check(weights, shape)
    graph.input("input_ids", "INT64", ["B", "S"])
    graph.input("seqlens_k", "INT32", ["B"])
    graph.input("total_length", "INT32", [])
    if branching:
        graph.input("position_ids", "INT64", ["B", "S"])
        graph.input("attention_bias", graph.float, [1, 1, "S", "T"])
    _wire_rotary(graph, weights, shape)
    x = graph.look_up(
        "input_ids", "embedding", _tensor(weights, EMBEDDING, shape.vocabulary, shape.width), EMBEDDING
    )  # (B, S, width)
    residual = ""
    for layer in range(shape.layers):
        x, residual = _wire_layer(graph, weights, shape, layer, x, residual, branching)
    x, _ = _norm(graph, weights, shape, "output_norm.weight", x, residual)
    flat = graph.constant("flat", np.array([-1, shape.width], np.int64))
    return graph.node("Reshape", [x, flat], ["states"])  # (B·S, width)


def wire_step(graph: Graph, weights: Checkpoint) -> None:
    """Wire the next token of every row to the log-probabilities of what follows it: body and head in one.

    Shapes: as `wire_body` with S = 1; log_probs (B, vocabulary).
    """
    shape = weights.architecture
    states = _wire_states(graph, weights, shape, branching=False)
    graph.output("log_probs", "FLOAT", ["B", shape.vocabulary])
    _wire_logits(graph, weights, shape, states)


def wire_head(graph: Graph, weights: Checkpoint) -> None:
    """Wire hidden states to log-probabilities. Shapes: hidden (R, width) -> log_probs (R, vocabulary)."""
    shape = weights.architecture
    graph.input("hidden", "FLOAT", ["R", shape.width])
    graph.output("log_probs", "FLOAT", ["R", shape.vocabulary])
    _wire_logits(graph, weights, shape, graph.cast("hidden", "states"))


def _wire_logits(graph: Graph, weights: Checkpoint, shape: Architecture, states: str) -> None:
    name = "output.weight" if weights.has("output.weight") else EMBEDDING  # a tied head is the embedding
    graph.against_rows(states, "logits", _tensor(weights, name, shape.vocabulary, shape.width), name)
    graph.node("Cast", ["logits"], ["plain_logits"], to=1)
    graph.node("LogSoftmax", ["plain_logits"], ["log_probs"], axis=-1)


LONGEST_CONTEXT = 1 << 20
"""A longer one is taken for damage."""


def _check(weights: Checkpoint, shape: Architecture) -> None:
    if shape.rotated != shape.head_size:
        raise error(
            "LOT-E0722",
            f"the model rotates {shape.rotated} of {shape.head_size} dimensions, which is not supported",
            help=OTHER_FILE,
        )
    if shape.width % BLOCK or shape.feed_forward % BLOCK or shape.head_size % 2:
        raise error(
            "LOT-E0722",
            f"the model's widths {shape.width}, {shape.feed_forward} are no multiples of {BLOCK}",
            help=OTHER_FILE,
        )
    if not 0 < shape.context <= LONGEST_CONTEXT or not 0 < shape.kv_heads <= shape.heads:
        raise error("LOT-E0722", f"the model's shape makes no sense: {shape}", help=OTHER_FILE)
    _tensor(weights, "blk.0.attn_q.weight", shape.heads * shape.head_size, shape.width)  # before a size is believed


def _tensor(weights: Checkpoint, name: str, *size: int) -> Floats:
    values = weights.tensor(name)
    if values.shape != size:
        fact = f"the model's tensor {name} has the shape {values.shape}, not {size}"
        raise error("LOT-E0722", fact, help=OTHER_FILE)
    return values


def _wire_rotary(graph: Graph, weights: Checkpoint, shape: Architecture) -> None:
    rates = 1.0 / shape.rope_base ** (np.arange(0, shape.head_size, 2) / shape.head_size)
    if weights.has("rope_freqs.weight"):  # Llama 3 stretches the slow ones
        rates = rates / weights.tensor("rope_freqs.weight")
    angles = np.arange(shape.context)[:, None] * rates[None]  # (context, head_size / 2)
    graph.constant("cos", np.cos(angles).astype(np.float32))
    graph.constant("sin", np.sin(angles).astype(np.float32))


def _wire_layer(
    graph: Graph, weights: Checkpoint, shape: Architecture, layer: int, x: str, residual: str, branching: bool
) -> tuple[str, str]:
    block = f"blk.{layer}"
    x, residual = _norm(graph, weights, shape, f"{block}.attn_norm.weight", x, residual)
    x = _wire_attention(graph, weights, shape, layer, x, branching)
    x, residual = _norm(graph, weights, shape, f"{block}.ffn_norm.weight", x, residual)
    return _wire_feed_forward(graph, weights, shape, block, x), residual


def _wire_attention(graph: Graph, weights: Checkpoint, shape: Architecture, layer: int, x: str, branching: bool) -> str:
    block = f"blk.{layer}"
    heads = {"q": shape.heads, "k": shape.kv_heads, "v": shape.kv_heads}
    packed = np.concatenate(
        [
            _tensor(weights, f"{block}.attn_{part}.weight", count * shape.head_size, shape.width)
            for part, count in heads.items()
        ]
    )
    x = graph.linear(x, f"{block}.qkv", packed)  # (B, S, (heads + 2 kv_heads) · head_size)
    memory: list[str | int] = ["B", shape.kv_heads, "capacity", shape.head_size]
    past = [graph.input(f"past.{layer}.{part}", graph.float, memory) for part in ("key", "value")]
    present = [f"present.{layer}.{part}" for part in ("key", "value")]
    for name in present:
        graph.output(name, graph.float, memory)
    inputs = [x, "", "", *past, "seqlens_k", "total_length", "cos", "sin"]
    inputs += ["position_ids", "attention_bias"] if branching else []
    attributes = {"num_heads": shape.heads, "kv_num_heads": shape.kv_heads, "do_rotary": 1, "rotary_interleaved": 1}
    x = graph.node("GroupQueryAttention", inputs, [f"{block}.attended", *present], FUSED, **attributes)
    back = _tensor(weights, f"{block}.attn_output.weight", shape.width, shape.heads * shape.head_size)
    return graph.linear(x, f"{block}.attn_output", back)


def _wire_feed_forward(graph: Graph, weights: Checkpoint, shape: Architecture, block: str, x: str) -> str:
    sizes = {"gate": (shape.feed_forward, shape.width), "up": (shape.feed_forward, shape.width)}
    sizes |= {"down": (shape.width, shape.feed_forward)}
    part = {name: _tensor(weights, f"{block}.ffn_{name}.weight", *size) for name, size in sizes.items()}
    gate = graph.linear(x, f"{block}.ffn_gate", part["gate"])
    up = graph.linear(x, f"{block}.ffn_up", part["up"])
    gate = graph.node("QuickGelu", [gate], [f"{block}.silu"], FUSED, alpha=1.0)  # x · sigmoid(x)
    x = graph.node("Mul", [gate, up], [f"{block}.gated"])
    return graph.linear(x, f"{block}.ffn_down", part["down"])


def _norm(graph: Graph, weights: Checkpoint, shape: Architecture, name: str, x: str, residual: str) -> tuple[str, str]:
    """Add the residual, if there is one yet, and normalise; give the normed and the plain sum."""
    scale = graph.constant(name, _tensor(weights, name, shape.width))
    out = f"{name}.out"
    if not residual:
        graph.node("SimplifiedLayerNormalization", [x, scale], [out], axis=-1, epsilon=shape.epsilon)
        return out, x
    total = f"{name}.sum"
    graph.node(
        "SkipSimplifiedLayerNormalization", [residual, x, scale], [out, "", "", total], FUSED, epsilon=shape.epsilon
    )
    return out, total
