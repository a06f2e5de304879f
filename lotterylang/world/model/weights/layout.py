"""The layout: what tensors a decoder has, by the names of GGUF, and whether weights can be taken at all.

An architecture and the shapes in a file enter; the first reason against them leaves, before anything is computed.
Next door: `opening.py` asks; `build/decoder.py` wires what is found good here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lotterylang.world.model.weights.checkpoint import Architecture, lacking, unsupported

Shape = tuple[int, ...]

EMBEDDING, HEAD, ROPE_DIVISORS = "token_embd.weight", "output.weight", "rope_freqs.weight"

BLOCK = 32
"""Weights of a row that share one scale when they are rounded, so every width is a multiple of it."""

HEAD_STEP = 16
"""What ONNX Runtime's rotary attention wants the size of a head to be a multiple of."""

LONGEST_CONTEXT = 1 << 20
MOST_LAYERS = 512
"""More is taken for damage."""


def tensors_of(shape: Architecture) -> dict[str, Shape]:
    """List the tensors that a decoder must have, and their shapes: rows are outputs."""
    found: dict[str, Shape] = {EMBEDDING: (shape.vocabulary, shape.width), "output_norm.weight": (shape.width,)}
    layer = _layer(shape)
    for number in range(shape.layers):
        found |= {f"blk.{number}.{name}": size for name, size in layer.items()}
    return found


def check(path: Path, shape: Architecture, shapes: Mapping[str, Shape]) -> None:
    """Refuse weights that cannot be taken. Errors: `LOT-E0722` with the reason."""
    check_sizes(path, shape)
    wanted = tensors_of(shape)
    optional = {HEAD: wanted[EMBEDDING], ROPE_DIVISORS: (shape.head_size // 2,)}
    for name in wanted:
        if name not in shapes:
            raise lacking(path, f"tensor {name}")
    for name, size in shapes.items():
        meant = wanted.get(name) or optional.get(name)
        if meant is None:
            raise unsupported(path, f"it has a tensor {name}, which no known model of its family has")
        if size != meant:
            raise unsupported(path, f"its tensor {name} has the shape {size}, not {meant}")


def _layer(shape: Architecture) -> dict[str, Shape]:
    width, head = shape.width, shape.head_size
    rows = {"q": shape.heads * head, "k": shape.kv_heads * head, "v": shape.kv_heads * head}
    found: dict[str, Shape] = {"attn_norm.weight": (width,), "ffn_norm.weight": (width,)}
    found |= {f"attn_{part}.weight": (count, width) for part, count in rows.items()}
    if shape.qkv_bias:
        found |= {f"attn_{part}.bias": (count,) for part, count in rows.items()}
    if shape.qk_norm:
        found |= {f"attn_{part}_norm.weight": (head,) for part in "qk"}
    if shape.post_norms:
        found |= {"post_attention_norm.weight": (width,), "post_ffw_norm.weight": (width,)}
    found["attn_output.weight"] = (width, rows["q"])
    found |= {f"ffn_{part}.weight": (shape.feed_forward, width) for part in ("gate", "up")}
    found["ffn_down.weight"] = (width, shape.feed_forward)
    return found


def check_sizes(path: Path, shape: Architecture) -> None:
    """Refuse a shape that cannot be wired, before any weights are there. Errors: `LOT-E0722` with the reason."""
    if not 0 < shape.context <= LONGEST_CONTEXT or not 0 < shape.layers <= MOST_LAYERS:
        raise unsupported(path, f"{shape.layers} layers and a context of {shape.context} make no sense")
    if not 0 < shape.kv_heads <= shape.heads or shape.heads % shape.kv_heads:
        raise unsupported(path, f"{shape.kv_heads} key/value heads cannot be shared by {shape.heads} query heads")
    if shape.head_size <= 0 or shape.head_size % HEAD_STEP:
        raise unsupported(path, f"its heads have {shape.head_size} dimensions, which is no multiple of {HEAD_STEP}")
    if shape.rotated != shape.head_size:
        raise unsupported(path, f"it rotates {shape.rotated} of the {shape.head_size} dimensions of a head")
    for what, size in (("width", shape.width), ("feed-forward width", shape.feed_forward)):
        if size <= 0 or size % BLOCK:
            raise unsupported(path, f"its {what} of {size} is no multiple of {BLOCK}")
    if shape.heads * shape.head_size % BLOCK:
        raise unsupported(path, f"its {shape.heads} heads of {shape.head_size} are together no multiple of {BLOCK}")
    if not shape.rope_base > 0 or not shape.rope_factor > 0 or not shape.epsilon >= 0:
        raise unsupported(path, "the constants of its rotary attention or of its norms make no sense")
