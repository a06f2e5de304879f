"""Opening: what a program or `--model` calls a model in, the model out.

Names of the catalogue, a path to a `.gguf` file, either with `:fp32` for full precision; `random` and `first`, which
need neither weights nor network. Cheap to import; what a model needs is imported when it is opened.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lotterylang.run.effects import Model
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.catalog import CATALOG

if TYPE_CHECKING:
    from lotterylang.world.model.tensors import Variant

DICE = ("random", "first")
"""Models that answer without a model: any legal reply, and the first one."""


def open_model(spec: str, seed: int = 0, progress: Callable[[str, int, int], None] | None = None) -> Model:
    """Open the model that `spec` names, fetching and building it the first time.

    `progress` is called with a stage (`download`, `check`, `unpack`, `build`), how much is done and how much there is.
    `seed` matters to `random` alone.
    Errors: `LOT-E0703` for a name that nothing has; those of `fetch.py`, `weights.py` and `cache.py`.
    """
    if spec in DICE:
        from lotterylang.world.model.dice import Dice

        return Dice(spec, seed)
    name, variant = _parted(spec)
    if name not in CATALOG and not name.endswith(".gguf"):
        raise _unknown(spec)
    return _opened(spec, name, variant, progress or _unseen)


def _opened(spec: str, name: str, variant: Variant, progress: Callable[[str, int, int], None]) -> Model:
    from lotterylang.world.model import build, fetch
    from lotterylang.world.model.engine import Engine

    if name in CATALOG:
        entry = CATALOG[name]
        folder = build.folder_of(entry.weights_sha256, variant)
        if folder is None:
            weights = fetch.fetched(entry, progress)
            folder = build.built(weights, entry.weights_sha256, variant, progress)
    else:
        path = Path(name).expanduser()
        folder = build.built(path, build.hash_of(path), variant, progress)
    return Engine(spec, folder)


def _parted(spec: str) -> tuple[str, Variant]:
    name, colon, variant = spec.rpartition(":")
    if not colon:
        return spec, "int8"
    if variant == "fp32":
        return name, "fp32"
    if variant == "int8":
        return name, "int8"
    return spec, "int8"


def _unknown(spec: str) -> LotError:
    known = [*CATALOG, *(f"{name}:fp32" for name in CATALOG), *DICE]
    near = difflib.get_close_matches(spec, known, n=1, cutoff=0.4)
    meant = f"did you mean '{near[0]}'? " if near else ""
    return error(
        "LOT-E0703",
        f"there is no model '{spec}'",
        help=f"{meant}known: {', '.join(known)}, or the path of a .gguf file",
    )


def _unseen(stage: str, done: int, total: int) -> None:
    """Show no progress."""
