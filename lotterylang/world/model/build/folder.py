"""Building: weights in, a folder with graphs, tensors, tokenizer and card out, once a machine.

The folder's name is a hash of the weights, of this builder's version and of the recipe, so a new version never reads
an old folder. Next door: `cache.py` keeps it whole; `engine.py` opens it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lotterylang.home import home
from lotterylang.recipe import Recipe
from lotterylang.world.model import cache, device
from lotterylang.world.model.build import card, decoder, rounding
from lotterylang.world.model.build.frames import marked
from lotterylang.world.model.build.graph import Graph
from lotterylang.world.model.build.tensors import TensorFile
from lotterylang.world.model.build.whole_bytes import ByteGraph
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.tokenizer import rebuilt
from lotterylang.world.model.weights import adapter
from lotterylang.world.model.weights.checkpoint import Checkpoint
from lotterylang.world.model.weights.opening import hash_of as hash_of  # whoever builds asks for the hash first
from lotterylang.world.model.weights.opening import opened
from lotterylang.world.model.weights.pruned import Pruned

BUILDER = 11
"""Raise it with every change of what is built, so that what older versions built is left alone."""

BODY, READ, BRANCH, STEP, HEAD, TENSORS, ROUNDING, TOKENIZER, CARD = (
    "body.onnx",
    "read.onnx",
    "branch.onnx",
    "step.onnx",
    "head.onnx",
    "tensors.bin",
    "rounding.npy",
    "tokenizer.json",
    "card.json",
)

_IN_BYTES = " and in whole bytes"  # of the key where there is a graph for reading so

Wire = Callable[[Graph, Checkpoint], None]
"""Wires a graph of weights."""


def key_of(weights_hash: str, recipe: Recipe) -> str:
    """Name what would be built of these weights."""
    return _key(weights_hash, BUILDER, f"{made(recipe)}{_IN_BYTES if reads_in_bytes(recipe) else ''}")


def made(recipe: Recipe) -> str:
    """Spell what of a recipe the folder depends on: an adapter by its content; a window changes nothing built.

    Errors: LOT-E0721 where the adapter cannot be read.
    """
    said: list[str] = []
    if recipe.adapter is not None:
        said.append(f"adapter={adapter.hash_of(Path(recipe.adapter).expanduser())}")
    if recipe.prune is not None:
        said.append(f"prune={recipe.prune}")
    query = f"?{'&'.join(said)}" if said else ""
    return f"{device.precision_of(recipe)}{query}"


def _key(weights_hash: str, builder: int, recipe_key: str) -> str:
    return hashlib.sha256(f"{weights_hash}/{builder}/{recipe_key}".encode()).hexdigest()[:32]


def variants_of(weights_hash: str) -> list[tuple[str, Path]]:
    """List what was built of these weights: recipe keys and folders, those of older builders too."""
    found = []
    for path in sorted((home() / "built").glob(f"*/{CARD}")):
        recipe = _recipe_of(path)
        keys = (recipe, f"{recipe}{_IN_BYTES}")
        builders = range(1, BUILDER + 1)
        if any(path.parent.name == _key(weights_hash, builder, key) for builder in builders for key in keys):
            found.append((recipe, path.parent))
    return found


def _recipe_of(path: Path) -> str:
    """Read the recipe of a card that any builder may have written."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return str(data.get("recipe") or data.get("variant") or "")
    except (OSError, ValueError, AttributeError):
        return ""


def folder_of(weights_hash: str, recipe: Recipe) -> Path | None:
    """Give the folder of a model that was built, None if it was not."""
    folder = home() / "built" / key_of(weights_hash, recipe)
    return folder if (folder / CARD).exists() else None


def built(path: Path, weights_hash: str, recipe: Recipe, progress: Progress) -> Path:
    """Give the folder of a built model, building it first if need be. `path` is opened only then.

    Cost: some seconds and about 1.1 bytes a weight (int8), 2.4 where it also reads in whole bytes, or 4 (fp32), the
    first time.
    Errors: those of `weights/opening.py`, `weights/adapter.py` and `cache.py`; LOT-E0706 where blocks of 4 bits are to
    stay as they are and there are none.
    """
    ready = folder_of(weights_hash, recipe)
    if ready is not None:
        return ready
    key = key_of(weights_hash, recipe)
    folder = home() / "built" / key
    with cache.lock(f"build-{key}"):
        if not (folder / CARD).exists():
            _build(path, folder, key, recipe, progress)
    return folder


def _changed(weights: Checkpoint, recipe: Recipe) -> Checkpoint:
    """Wrap weights in what a recipe does to them: first the adapter, then the pruning."""
    if recipe.adapter is not None:
        weights = adapter.Adapted(weights, Path(recipe.adapter).expanduser())
    if recipe.prune is not None:
        weights = Pruned(weights, recipe.prune)
    return weights


def _build(path: Path, folder: Path, key: str, recipe: Recipe, progress: Progress) -> None:
    weights = _changed(opened(path), recipe)
    tokenizer = rebuilt(marked(weights.vocabulary))
    with cache.whole_folder(folder) as aside:
        tensors = TensorFile(aside / TENSORS)

        def wire_steps(graph: Graph, weights: Checkpoint) -> None:
            tensors.flush()
            scales = rounding.scales_of(aside / READ, tokenizer, weights.architecture)
            if scales is not None:
                np.save(aside / ROUNDING, scales)
            elif not reads_in_bytes(recipe):
                (aside / READ).unlink()  # the graph of steps is the same
            decoder.wire_body(graph, weights, scales)

        graphs = _graphs(recipe, weights, wire_steps)
        steps = len(graphs) + 1
        progress("build", 0, steps)
        try:
            for step, (name, wire) in enumerate(graphs, start=1):
                kind = ByteGraph if name == READ and reads_in_bytes(recipe) else Graph
                graph = kind(name, tensors, device.precision_of(recipe))
                wire(graph, weights)
                graph.save(aside / name)
                progress("build", step, steps)
        finally:
            tensors.close()
        tokenizer.save(str(aside / TOKENIZER), pretty=False)
        card.written(card.drawn(weights.architecture, weights.vocabulary, key, made(recipe)), aside / CARD)
    progress("build", steps, steps)


def reads_in_bytes(recipe: Recipe) -> bool:
    """Tell whether what is built here has a graph for reading in whole bytes."""
    return device.precision_of(recipe) == "int8" and device.multiplies_bytes()


def _graphs(recipe: Recipe, weights: Checkpoint, wire_steps: Wire) -> list[tuple[str, Wire]]:
    """List the graphs in the order in which they are made.

    In 8 bits there is one for reading texts and, over a rounded memory, one for steps. CUDA's attention is slower with
    a bias, so only what needs one has it there.
    """
    precision = device.precision_of(recipe)
    if precision == "int8":
        return [(READ, decoder.wire_body), (BODY, wire_steps), (HEAD, decoder.wire_head)]
    if precision != "fp16":
        return [(BODY, decoder.wire_body), (HEAD, decoder.wire_head)]
    if weights.architecture.local_layers:  # what these see is a bias
        return [(BRANCH, decoder.wire_body), (HEAD, decoder.wire_head)]
    return [
        (BODY, decoder.wire_plain_body),
        (BRANCH, decoder.wire_body),
        (STEP, decoder.wire_step),
        (HEAD, decoder.wire_head),
    ]
