"""`lot model`: the models that have a name, what of them is here, fetching, building, adding and removing.

Next door: `cli_models.py` is the command line; `model_facts.py` says what a model is.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from lotterylang.recipe import Recipe, parted
from lotterylang.shell.sizes import bytes_of, megabytes, waiting
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import cache, export
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.embedding import folder as embedding
from lotterylang.world.model.embedding import open as embedders
from lotterylang.world.model.open import ready, weights_hash
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source import fetch, own
from lotterylang.world.model.source.catalog import CATALOG, EMBEDDERS, Entry

BUILD_S, EMBEDDER_S = 10, 2
"""About how long a model of 135 million parameters is built for, and an embedder of 22: said before it begins."""

EVERY = CATALOG | EMBEDDERS


def listed() -> list[dict[str, Any]]:
    """List the models and embedders that have a name: source, licence, bytes to fetch and bytes that are here."""
    entries = []
    for name, entry in EVERY.items():
        here = _built(entry, Recipe()) is not None
        entries.append(
            {
                "name": name,
                "source": f"{entry.project} {entry.version}",
                "license": entry.license,
                "download_bytes": entry.wheel_bytes,
                "here": here,
                "here_bytes": sum(bytes_of(path) for path in _files_of(name)),
            }
        )
    for name, mine in own.known().items():
        here_bytes = sum(bytes_of(path) for path in _files_of(name))
        entries.append({"name": name, "source": mine.source, "here": here_bytes > 0, "here_bytes": here_bytes})
    return entries


def as_text(entry: dict[str, Any], entries: list[dict[str, Any]]) -> str:
    """Write an entry of the list on one line, in columns with the others."""
    width = max(len(other["name"]) for other in entries)
    state = f"here, {megabytes(entry['here_bytes'])}"
    if not entry["here"]:
        state = f"{megabytes(entry['download_bytes'])} to fetch" if "download_bytes" in entry else "to be built"
    return f"{entry['name']:<{width}}  {entry.get('license') or entry['source']}  {state}"


def announced(spec: str) -> str | None:
    """Say what getting a model of the catalogue will take, before it begins; None where it is here already."""
    name, recipe = parted(spec)
    entry = EVERY.get(name)
    if entry is None or _built(entry, recipe) is not None:
        return None
    built = f"built in about {EMBEDDER_S if name in EMBEDDERS else BUILD_S} seconds"
    if fetch.weights_of(entry).exists():
        return f"{spec}: {built}"
    part = fetch.part_of(entry)
    left = max(entry.wheel_bytes - (part.stat().st_size if part.exists() else 0), 0)
    rest = f" of {megabytes(entry.wheel_bytes)}" if left < entry.wheel_bytes else ""
    return f"{spec}: {megabytes(left)}{rest} to fetch ({waiting(left)}), then {built}"


def get(spec: str, progress: Progress) -> Path:
    """Fetch and build a model where it is not here already; give its folder. Errors: those of `open_model`."""
    return embedders.ready(spec, progress) if spec in EMBEDDERS else ready(spec, progress)


def spec_of(name: str, recipe: str) -> str:
    """Join a name and a recipe. Errors: LOT-E0703 for a name with a recipe of its own, LOT-E0705 for a bad recipe."""
    spec = f"{name}{recipe}" if recipe.startswith("?") else f"{name}:{recipe}"
    if parted(name) != (name, Recipe()):
        raise error("LOT-E0703", f"`{name}` has a recipe already", help="give the plain name, then the recipe")
    if parted(spec)[0] != name:
        raise error("LOT-E0705", f"there is no recipe `{recipe}`", help="give one as int4, fp32 or int4?prune=2:4")
    return spec


def add(name: str, source: str, progress: Progress) -> Path:
    """Give a source a name once it has been built; give the built folder. Errors: LOT-E0731, those of `open_model`."""
    own.refuse(name)
    whole = source if source.startswith("hf:") else str(Path(source).expanduser().resolve())
    if not source.startswith("hf:") and not Path(whole).exists():
        raise error("LOT-E0721", f"there is nothing at `{source}`", help="give a .gguf file, a folder or hf:owner/name")
    if parted(whole) != (whole, Recipe()):
        help = "give the plain source; `lot model variant` builds what a recipe says"
        raise error("LOT-E0731", f"`{source}` reads as a source with a recipe", help=help)
    folder = ready(whole, progress)
    own.add(name, own.Own(whole, weights_hash(whole) or ""))
    return folder


def folder(spec: str) -> Path:
    """Give the folder of a model's graph. Errors: LOT-E0618 if it is not here."""
    name, recipe = parted(spec)
    weights = weights_hash(name)
    if spec in EMBEDDERS:
        found = _built(EMBEDDERS[spec], recipe)
    else:
        found = build.folder_of(weights, recipe) if weights else None
    if found is None:
        raise error("LOT-E0618", f"the model `{spec}` is not here", help=f"fetch it: `lot model get {spec}`")
    return found


def remove(name: str) -> int:
    """Remove what was fetched and built of a model, and its name if the user gave it; give the bytes that this freed.

    Errors: LOT-E0618 where nothing is here, LOT-E0703 for a name that nobody knows.
    """
    mine = name in own.known()
    files = _files_of(name)
    if not (files or mine or name in EVERY or hashes_of(name)):
        raise error("LOT-E0703", f"there is no model `{name}`", help="`lot model list` names all")
    if not files and not mine:
        raise error("LOT-E0618", f"the model `{name}` is not here", help="there is nothing to remove")
    with cache.lock(f"fetch-{min(hashes_of(name), default='none')[:32]}"):
        freed = sum(bytes_of(path) for path in files)
        for path in files:
            with cache.told(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    if mine:
        own.remove(name)
    return freed


def _built(entry: Entry, recipe: Recipe) -> Path | None:
    """Give the folder of what was built of an entry, None if nothing was."""
    if entry.name in EMBEDDERS:
        return embedding.folder_of(entry.weights_sha256)
    return build.folder_of(entry.weights_sha256, recipe)


def _files_of(name: str) -> list[Path]:
    """List what of a model lies in the home folder: weights or a part of them, and what was built of them alone."""
    entry = EVERY.get(name)
    found = _from_the_hub(name) if entry is None else [fetch.weights_of(entry), fetch.part_of(entry)]
    if entry is not None and name in EMBEDDERS:
        found += filter(None, [_built(entry, Recipe())])
    others = {other.weights_sha256 for other in CATALOG.values() if other is not entry}
    others |= {other.weights_hash for known, other in own.known().items() if known != name}
    for weights in hashes_of(name) - others:
        found += [export.place(weights), *(path for _, path in build.variants_of(weights))]
    return [path for path in found if path.exists()]


def _from_the_hub(name: str) -> list[Path]:
    """List what was fetched from the hub for a name alone: all of a repository, or one file and its mark."""
    from lotterylang.world.model.source import hub

    source = own.meant(name)
    if not source.startswith(hub.PREFIX) or any(n != name and o.source == source for n, o in own.known().items()):
        return []
    model = hub.address(source.removeprefix(hub.PREFIX))
    if model.file is None:
        return [model.whole.parent]
    return [path for path in (hub.here(model), model.whole) if path is not None]


def hashes_of(name: str) -> set[str]:
    """List the hashes of a model's weights: when it got its name, and now. Nothing is fetched."""
    mine = own.known().get(name)
    found = {mine.weights_hash if mine is not None else None, weights_hash(name)}
    return {one for one in found if one}
