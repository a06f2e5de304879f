"""Building: a folder of sentence-transformers in; a folder with one graph, its tensors, tokenizer and card out.

Once a machine, kept as other built models are. Next door: `settings.py` and `encoder.py` read; `embedder.py` runs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from lotterylang.home import home
from lotterylang.world.model import cache
from lotterylang.world.model.build.graph import Graph
from lotterylang.world.model.build.tensors import TensorFile
from lotterylang.world.model.embedding.encoder import Encoder, numbers, wire_encoder
from lotterylang.world.model.embedding.settings import Dense, Settings, settings_of
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.weights.checkpoint import damaged
from lotterylang.world.model.weights.folder import WEIGHTS, weight_files
from lotterylang.world.model.weights.opening import digest
from lotterylang.world.model.weights.safetensors import tensors_of

BUILDER = 1
"""Raise it with every change of what is built, so that what older versions built is left alone."""

GRAPH, TENSORS, TOKENIZER, CARD = "embedder.onnx", "tensors.bin", "tokenizer.json", "embedder.json"


@dataclass(frozen=True, slots=True)
class Card:
    """What a run must know of a built embedder. `longest` counts tokens, those that frame a text included."""

    name: str
    dimension: int
    longest: int
    is_lowered: bool
    is_normalized: bool


def hash_of(path: Path) -> str:
    """Give the hash of all files of a folder that its vectors depend on. Errors: LOT-E0721, LOT-E0722."""
    settings = settings_of(path)
    named = [path / TOKENIZER, *weight_files(path), *(path / one.folder / WEIGHTS for one in settings.dense)]
    missing = [file for file in named if not file.is_file()]
    if missing:
        raise damaged(missing[0], "there is no such file")
    parts = [str(settings), *(digest(file) for file in named), (path / "config.json").read_text(encoding="utf-8")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def folder_of(source_hash: str) -> Path | None:
    """Give the folder of an embedder that was built of a source, None if it was not."""
    folder = home() / "built" / _key(source_hash)
    return folder if (folder / CARD).exists() else None


def built(path: Path, source_hash: str, progress: Progress) -> Path:
    """Give the folder of a built embedder, building it first if need be. `path` is opened only then.

    Errors: LOT-E0721 what can't be read, LOT-E0722 what is not supported; those of `cache.py`.
    """
    ready = folder_of(source_hash)
    if ready is not None:
        return ready
    key = _key(source_hash)
    folder = home() / "built" / key
    with cache.lock(f"build-{key}"):
        if not (folder / CARD).exists():
            _build(path, folder, progress)
    return folder


def read(path: Path) -> Card:
    """Read a card."""
    return Card(**json.loads(path.read_text(encoding="utf-8")))


def _key(source_hash: str) -> str:
    return hashlib.sha256(f"{source_hash}/{BUILDER}/embedder".encode()).hexdigest()[:32]


def _build(path: Path, folder: Path, progress: Progress) -> None:
    settings, weights = settings_of(path), Encoder(path)
    longest = min(settings.longest or weights.shape.longest, weights.shape.longest)
    progress("build", 0, 1)
    with cache.whole_folder(folder) as aside:
        tensors = TensorFile(aside / TENSORS)
        try:
            graph = Graph(GRAPH, tensors, "fp32")
            states = wire_encoder(graph, weights, longest)
            pooled = _wire_pooling(graph, settings, states)
            dimension = weights.shape.width
            for number, dense in enumerate(settings.dense):
                pooled, dimension = _wire_dense(graph, path, dense, f"dense.{number}", pooled, dimension)
            graph.node("Identity", [pooled], ["vectors"])
            graph.output("vectors", "FLOAT", ["B", dimension])
            graph.save(aside / GRAPH)
        finally:
            tensors.close()
        (aside / TOKENIZER).write_bytes((path / TOKENIZER).read_bytes())
        name = f"{weights.shape.family} {settings.pooling} fp32 {hash_of(path)[:12]}"
        card = Card(name, dimension, longest, settings.is_lowered, settings.is_normalized)
        (aside / CARD).write_text(json.dumps(asdict(card), indent=1), encoding="utf-8")
    progress("build", 1, 1)


def _wire_pooling(graph: Graph, settings: Settings, states: str) -> str:
    """Wire the states of tokens to one vector. Shapes: (B, S, width) -> (B, width).

    The mean is a product with a row of ones: ONNX Runtime's own means add up in another order for one text than for
    several.
    """
    if settings.pooling == "mean":
        pair = graph.constant("pair", np.ones(2, np.int64))
        shape = graph.node("Concat", [pair, "length"], ["row"], axis=0)
        row = graph.node("Expand", [graph.constant("ones", np.ones(1, np.float32)), shape], ["ones.of"])  # (1, 1, S)
        total = graph.node("MatMul", [row, states], ["total"])  # (B, 1, width)
        one = graph.node("Div", [total, graph.narrowed("length", "count")], ["mean"])
    elif settings.pooling == "max":
        one = graph.node("ReduceMax", [states, graph.constant("tokens", np.array([1], np.int64))], ["most"])
    else:
        one = graph.node("Gather", [states, graph.constant("first.token", np.zeros(1, np.int64))], ["begins"], axis=1)
    return graph.node("Squeeze", [one, graph.constant("of.tokens", np.array([1], np.int64))], ["pooled"])


def _wire_dense(graph: Graph, path: Path, dense: Dense, name: str, x: str, width: int) -> tuple[str, int]:
    """Wire a layer after pooling; give the width of what comes out too. Shapes: (B, width) -> (B, rows)."""
    stored = tensors_of(path / dense.folder / WEIGHTS)
    kept = ["linear.weight", *["linear.bias"] * dense.has_bias]
    if not all(one in stored for one in kept):
        raise damaged(path / dense.folder / WEIGHTS, f"it lacks {' or '.join(kept)}")
    matrix = numbers(path, kept[0], stored[kept[0]], (-1, width))
    x = graph.linear(x, name, matrix)
    if dense.has_bias:
        shift = numbers(path, kept[1], stored[kept[1]], (len(matrix),))
        x = graph.node("Add", [x, graph.stored(f"{name}.bias", shift, "FLOAT")], [f"{name}.shifted"])
    return (graph.node(dense.bent, [x], [f"{name}.bent"]) if dense.bent else x), len(matrix)
