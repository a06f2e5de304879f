"""`lot model`: the catalogue, what is here already, fetching ahead of use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lotterylang.shell.session import Progress
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.build.recipe import Recipe
from lotterylang.world.model.source.catalog import CATALOG


def listed() -> list[dict[str, Any]]:
    """List the catalogue: name, licence, bytes to fetch, whether it is here."""
    return [
        {
            "name": name,
            "license": entry.license,
            "download_bytes": entry.wheel_bytes,
            "here": build.folder_of(entry.weights_sha256, Recipe()) is not None,
        }
        for name, entry in CATALOG.items()
    ]


def as_text(entry: dict[str, Any]) -> str:
    """Write an entry of the catalogue on one line."""
    state = "here" if entry["here"] else f"{entry['download_bytes'] / 1e6:.0f} MB to fetch"
    return f"{entry['name']}  {entry['license']}  {state}"


def announced(name: str) -> str | None:
    """Say what fetching a model will take, before it begins; None where it is here already."""
    for entry in listed():
        if entry["name"] == name and not entry["here"]:
            size = entry["download_bytes"] / 1e6
            return f"{name}: {size:.0f} MB to fetch, then its graph is built: about half a minute"
    return None


def get(name: str, progress: Progress) -> None:
    """Fetch and build a model, where it is not here already. Errors: those of `open_model`."""
    if name in CATALOG and build.folder_of(CATALOG[name].weights_sha256, Recipe()) is not None:
        return
    from lotterylang.world.model.open import open_model

    open_model(name, progress=progress).close()


def folder(name: str) -> Path:
    """Give the folder of a model's graph. Errors: LOT-E0618 if it is not here."""
    found = build.folder_of(CATALOG[name].weights_sha256, Recipe()) if name in CATALOG else None
    if found is None:
        raise error("LOT-E0618", f"the model `{name}` is not here", help=f"fetch it: `lot model get {name}`")
    return found
