"""The encoder: a folder of Hugging Face in; its shape, its tensors under names of ours, and its graph out.

Texts of one length go in side by side, so there is no padding and no mask: what a text is read beside can't touch a bit
of its vector. Next door: `settings.py` says what comes after the encoder; `../build/graph.py` makes nodes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.build.graph import FUSED, Graph
from lotterylang.world.model.embedding.relative import wire_relative
from lotterylang.world.model.embedding.settings import refused
from lotterylang.world.model.weights.checkpoint import damaged, lacking
from lotterylang.world.model.weights.folder import CONFIG, read_json, stored_in
from lotterylang.world.model.weights.safetensors import Stored

_OUTSIDE = {
    "embeddings.word_embeddings": "words",
    "embeddings.position_embeddings": "positions",
    "embeddings.token_type_embeddings": "types",
    "embeddings.LayerNorm": "first_norm",
    "encoder.relative_attention_bias": "relative",
}
_BERT = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "joined",
    "attention.output.LayerNorm": "joined_norm",
    "intermediate.dense": "wide",
    "output.dense": "narrow",
    "output.LayerNorm": "narrow_norm",
}
_MPNET = {
    "attention.attn.q": "query",
    "attention.attn.k": "key",
    "attention.attn.v": "value",
    "attention.attn.o": "joined",
    "attention.LayerNorm": "joined_norm",
}
_DISTILBERT = {
    "attention.q_lin": "query",
    "attention.k_lin": "key",
    "attention.v_lin": "value",
    "attention.out_lin": "joined",
    "sa_layer_norm": "joined_norm",
    "ffn.lin1": "wide",
    "ffn.lin2": "narrow",
    "output_layer_norm": "narrow_norm",
}
_INSIDE = _BERT | _MPNET | _DISTILBERT
_LAYER = re.compile(r"(?:encoder|transformer)\.layer\.(\d+)\.(.+)\.(weight|bias)")
_BODY = re.compile(r"(bert|roberta|distilbert|mpnet)\.")

_FAMILIES = ("bert", "roberta", "xlm-roberta", "camembert", "distilbert", "mpnet")
_AFTER_PADDING = ("roberta", "xlm-roberta", "camembert", "mpnet")
"""Families whose positions begin after the padding token's id."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of an encoder. Units: counts. Position p of a text has row `first + p` of the table of positions."""

    family: str
    layers: int
    width: int
    heads: int
    epsilon: float
    first: int
    longest: int


class Encoder:
    """An open folder. Errors: LOT-E0721 for what can't be read, LOT-E0722 for what is not supported or not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shape = _shape_of(path, read_json(path / CONFIG))
        self._tensors = {_canonical(name): tensor for name, tensor in stored_in(path).items()}

    def tensor(self, name: str, *sizes: int) -> Floats:
        """Give a tensor by our name; a size of -1 may be any. Shapes: rows are outputs."""
        if name not in self._tensors:
            raise lacking(self.path, f"tensor {name}")
        return numbers(self.path, name, self._tensors[name], sizes)

    def has(self, name: str) -> bool:
        """Tell whether there is a tensor of this name."""
        return name in self._tensors


def numbers(path: Path, name: str, stored: Stored, sizes: tuple[int, ...]) -> Floats:
    """Read a tensor. Errors: LOT-E0721 where it holds no numbers, or is not of these sizes."""
    fits = len(sizes) == len(stored.shape) and all(n in (-1, m) for n, m in zip(sizes, stored.shape, strict=True))
    values = stored.values() if fits else None
    if values is None or not np.isfinite(values).all():
        raise damaged(path, f"tensor {name} is {stored.shape}, not {sizes}, or holds values that are not finite")
    return values


def wire_encoder(graph: Graph, weights: Encoder, longest: int) -> str:
    """Wire texts to the states of their tokens. Shapes: ids (B, S), S from 1 to `longest` -> (B, S, width)."""
    shape = weights.shape
    graph.input("ids", "INT64", ["B", "S"])
    x = graph.look_up("ids", "word", weights.tensor("words.weight", -1, shape.width), "words")
    at = weights.tensor("positions.weight", -1, shape.width)[shape.first : shape.first + longest]
    if weights.has("types.weight"):
        at = at + weights.tensor("types.weight", -1, shape.width)[0]  # each token is of the first of two texts
    sizes = graph.node("Shape", ["ids"], ["sizes"])
    length = graph.node("Gather", [sizes, graph.constant("second", np.array([1], np.int64))], ["length"])
    begin = graph.constant("begin", np.zeros(1, np.int64))
    rows = graph.node("Slice", [graph.stored("positions", at, "FLOAT"), begin, length], ["position"])  # (S, width)
    x = graph.node("Add", [x, rows], ["placed"])
    x = graph.node("LayerNormalization", [x, *_norm(graph, weights, "first_norm")], ["first"], epsilon=shape.epsilon)
    bias = ""
    if shape.family == "mpnet":
        bias = wire_relative(graph, weights.tensor("relative.weight", -1, shape.heads), longest)
    for layer in range(shape.layers):
        x = _wire_layer(graph, weights, f"layer.{layer}", x, bias)
    return x


def _wire_layer(graph: Graph, weights: Encoder, name: str, x: str, bias: str) -> str:
    """Wire attention and feed-forward, each followed by a norm of what came in and what came out."""
    shape = weights.shape
    square = (shape.width, shape.width)
    parts = [f"{name}.{part}" for part in ("query", "key", "value")]
    packed = np.concatenate([weights.tensor(f"{part}.weight", *square) for part in parts])  # (3·width, width)
    shifts = np.concatenate([weights.tensor(f"{part}.bias", shape.width) for part in parts])
    inputs = [x, graph.stored(f"{name}.qkv", packed.T, "FLOAT"), graph.stored(f"{name}.shifts", shifts, "FLOAT")]
    inputs += ["", "", bias] if bias else []
    seen = graph.node("Attention", inputs, [f"{name}.seen"], FUSED, num_heads=shape.heads)
    joined = graph.linear(seen, f"{name}.joined", weights.tensor(f"{name}.joined.weight", *square))
    x = _normed(graph, weights, f"{name}.joined", joined, x)
    wide = graph.linear(x, f"{name}.wide", weights.tensor(f"{name}.wide.weight", -1, shape.width))
    shift = graph.stored(f"{name}.wide.bias", weights.tensor(f"{name}.wide.bias", -1), "FLOAT")
    bent = graph.node("BiasGelu", [wide, shift], [f"{name}.bent"], FUSED)  # by erf, not by tanh
    narrow = graph.linear(bent, f"{name}.narrow", weights.tensor(f"{name}.narrow.weight", shape.width, -1))
    return _normed(graph, weights, f"{name}.narrow", narrow, x)


def _normed(graph: Graph, weights: Encoder, name: str, x: str, before: str) -> str:
    """Add a layer's bias and what came into it, and norm the sum."""
    shift = graph.stored(f"{name}.bias", weights.tensor(f"{name}.bias", weights.shape.width), "FLOAT")
    inputs = [x, before, *_norm(graph, weights, f"{name}_norm"), shift]
    return graph.node("SkipLayerNormalization", inputs, [f"{name}.out"], FUSED, epsilon=weights.shape.epsilon)


def _norm(graph: Graph, weights: Encoder, name: str) -> list[str]:
    parts = [f"{name}.{part}" for part in ("weight", "bias")]
    return [graph.stored(part, weights.tensor(part, weights.shape.width), "FLOAT") for part in parts]


def _canonical(name: str) -> str:
    """Give our name of a tensor, or its own where the encoder has no use for it."""
    inner = _BODY.sub("", name, count=1) if _BODY.match(name) else name
    outside, _, last = inner.rpartition(".")
    if outside in _OUTSIDE:
        return f"{_OUTSIDE[outside]}.{last}"
    found = _LAYER.fullmatch(inner)
    return f"layer.{found[1]}.{_INSIDE[found[2]]}.{found[3]}" if found and found[2] in _INSIDE else name


def _shape_of(path: Path, config: dict[str, Any]) -> Shape:
    family = str(config.get("model_type", ""))
    if family not in _FAMILIES:
        raise refused(path, f"its encoder is of the family `{family}`, and known are {', '.join(_FAMILIES)}")
    bends = config.get("hidden_act", config.get("activation", "gelu"))
    places = config.get("position_embedding_type", "absolute")
    if bends != "gelu" or places != "absolute" or config.get("is_decoder"):
        raise refused(path, f"its encoder is of another kind: {bends}, {places} positions")
    first = int(config.get("pad_token_id", 1)) + 1 if family in _AFTER_PADDING else 0
    try:
        return Shape(
            family,
            layers=int(config.get("num_hidden_layers") or config["n_layers"]),
            width=int(config.get("hidden_size") or config["dim"]),
            heads=int(config.get("num_attention_heads") or config["n_heads"]),
            epsilon=float(config.get("layer_norm_eps", 1e-12)),
            first=first,
            longest=int(config["max_position_embeddings"]) - first,
        )
    except (KeyError, TypeError, ValueError) as cause:
        raise damaged(path / CONFIG, f"it does not say {cause}") from cause
