"""`lot model info`: what is known of a model: shape, context, tokenizer, licence, what was built of it.

Next door: `models.py` fetches and builds; the card of a built model says its shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lotterylang.shell.models import hashes_of
from lotterylang.shell.sizes import bytes_of, megabytes
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.build import card, folder
from lotterylang.world.model.embedding import folder as embedding
from lotterylang.world.model.source import fetch, own
from lotterylang.world.model.source.catalog import CATALOG, EMBEDDERS


def facts(name: str) -> dict[str, Any]:
    """Give what is known of a model as JSON data. Errors: LOT-E0703 for a name or path that there is not."""
    entry, mine = (CATALOG | EMBEDDERS).get(name), own.known().get(name)
    hashes = hashes_of(name)
    if entry is None and mine is None and not hashes:
        raise error("LOT-E0703", f"there is no model `{name}`", help="`lot model list` names all")
    found: dict[str, Any] = {"name": name}
    if entry is not None:
        weights = fetch.weights_of(entry)
        found |= {
            "about": entry.about,
            "license": entry.license,
            "source": f"{entry.project} {entry.version}, {entry.member}",
            "download_bytes": entry.wheel_bytes,
            "weights_bytes": bytes_of(weights) if weights.exists() else 0,
        }
    else:
        found["source"] = mine.source if mine is not None else name
        found["license"] = _license(Path(found["source"]).expanduser()) or "not said"
    if name in EMBEDDERS:
        return found | _embedder(embedding.folder_of(EMBEDDERS[name].weights_sha256))
    built = [pair for one in sorted(hashes) for pair in folder.variants_of(one)]
    found |= _shape([path for _, path in built])
    found["variants"] = [{"recipe": key, "bytes": bytes_of(path), "path": str(path)} for key, path in built]
    return found


def _embedder(folder: Path | None) -> dict[str, Any]:
    """Read what is known of a built embedder. Units: tokens, those that frame a text included."""
    if folder is None:
        return {"variants": []}
    drawn = embedding.read(folder / embedding.CARD)
    told = {"vectors": f"{drawn.dimension} numbers, {drawn.name}", "reads": drawn.longest}
    return told | {"variants": [{"recipe": "fp32", "bytes": bytes_of(folder), "path": str(folder)}]}


def as_lines(found: dict[str, Any]) -> Iterator[str]:
    """Write the facts for a person."""
    width = max(map(len, found))
    for key, value in found.items():
        if key == "variants":
            continue
        elif key.endswith("_bytes"):
            yield f"{key.removesuffix('_bytes'):<{width}}  {megabytes(value) if value else 'not here'}"
        elif isinstance(value, bool):
            yield f"{key:<{width}}  {'yes' if value else 'no'}"
        else:
            yield f"{key:<{width}}  {value}"
    for variant in found["variants"]:
        yield f"{'built':<{width}}  {variant['recipe']}, {megabytes(variant['bytes'])}: {variant['path']}"
    if not found["variants"]:
        yield f"{'built':<{width}}  nothing yet: `lot model get {found['name']}`"


def _license(path: Path) -> str | None:
    """Read the licence off a GGUF file, or off the front of a folder's README, where it is said."""
    if path.is_file():
        from lotterylang.world.model.weights.gguf import Gguf

        said = Gguf(path).field("general.license")
        return None if said is None else str(said)
    try:
        text = (path / "README.md").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"\A---\n(?:.*\n)*?license: *(\S+)", text)
    return found[1] if found else None


def _shape(built: list[Path]) -> dict[str, Any]:
    """Read the shape off the card of a built variant; nothing where none is of this builder."""
    for path in built:
        try:
            drawn = card.read(path / folder.CARD)
            tokenizer = json.loads((path / folder.TOKENIZER).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # of an older builder, or damaged: the next one may say it
        shape = drawn.architecture
        return {
            "architecture": shape.family,
            "layers": shape.layers,
            "width": shape.width,
            "heads": f"{shape.heads} of {shape.head_size}, {shape.kv_heads} for keys and values",
            "context": shape.context,
            "tokenizer": f"{tokenizer['model']['type']}, {shape.vocabulary} tokens",
            "chat": drawn.chat is not None,
        }
    return {}
