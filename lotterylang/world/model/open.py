"""Opening: what a program or `--model` calls a model in, the model out.

Names of the catalogue or of one's own, a `.gguf` file, a folder of Hugging Face, `hf:owner/name`, each with a recipe
after it; `random` and `first`, which need neither weights nor network. Cheap to import; what a model needs is imported
when it is opened.
"""

from __future__ import annotations

import difflib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from lotterylang.recipe import DICE, EXPORTED, parted
from lotterylang.run.effects import Model, Prompt
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source import own
from lotterylang.world.model.source.catalog import CATALOG, EMBEDDERS

if TYPE_CHECKING:
    from lotterylang.world.model.template import Sent

HUB = "hf:"
"""Begins the name of a model on the hub."""


def open_model(spec: str, seed: int = 0, progress: Progress | None = None) -> Model:
    """Open the model that `spec` names, fetching and building it the first time.

    `progress` is called with a stage (`download`, `check`, `unpack`, `build`), how much is done and how much there is.
    `seed` matters to `random` alone.
    Errors: `LOT-E0703` for a name that nothing has, `LOT-E0618` for one that is not exported; those of
    `source/fetch.py`, `source/hub.py`, `source/own.py`, `build/folder.py` and `network/opening.py`.
    """
    if spec in DICE:
        from lotterylang.world.model.dice import Dice

        return Dice(spec, seed)
    folder = _folder(spec, progress or _unseen)
    from lotterylang.world.model import device
    from lotterylang.world.model.engine import Engine

    if spec.startswith(EXPORTED):
        return Engine(spec, folder, prefix_bytes=0)  # its last bits depend on how a text is split, so it is read whole
    without = device.fallback(parted(spec)[1])
    if without is not None:
        logging.getLogger("lotterylang").warning(without)
    return Engine(spec, folder, window=parted(spec)[1].window)


def ready(spec: str, progress: Progress | None = None) -> Path:
    """Give the folder of the built model that `spec` names, fetching and building it first if need be; open nothing.

    Errors: those of `open_model`.
    """
    return _folder(spec, progress or _unseen)


def weights_hash(name: str) -> str | None:
    """Give the hash of the weights that a name stands for, None where they are not here. Nothing is fetched."""
    name = own.meant(name)
    if name in CATALOG:
        return CATALOG[name].weights_sha256
    from lotterylang.world.model.build import folder
    from lotterylang.world.model.source import hub

    place = _place(name)
    path = hub.here(hub.address(place)) if isinstance(place, str) else place
    return folder.hash_of(path) if path is not None and path.exists() else None


def sent_to(spec: str, prompt: Prompt, filled: tuple[str, ...] = (), progress: Progress | None = None) -> Sent:
    """Give exactly what the model is sent to have the next hole filled, without opening its graphs.

    `filled` are the texts of the holes before it. Control tokens are written out in the text; the dice get text alone.
    Errors: those of `open_model`; `LOT-E0704` for roles to a model that has no chat template.
    """
    from lotterylang.world.model import template

    if spec in DICE:
        return template.Sent(template.plain(prompt, filled), ())
    place = _folder(spec, progress or _unseen)
    from lotterylang.world.model.build import card, folder
    from lotterylang.world.model.tokenizer import Tokens

    try:
        return template.sent(prompt, filled, card.read(place / folder.CARD), Tokens(place / folder.TOKENIZER))
    except ValueError as cause:
        raise error(
            "LOT-E0704", f"{spec}: {cause}", help="write other turns, or none at all, or choose another chat model"
        ) from cause


def _folder(spec: str, progress: Progress) -> Path:
    """Give the folder of the built model, making it first if need be."""
    name, recipe = parted(spec)
    if name.startswith(EXPORTED):
        return _exported(name.removeprefix(EXPORTED))
    name = own.meant(name)
    if name not in CATALOG and _place(name) is None:
        raise _unknown(spec)
    from lotterylang.world.model.build import folder
    from lotterylang.world.model.source import fetch

    if name not in CATALOG:
        path = _fetched(name, progress)
        return folder.built(path, folder.hash_of(path), recipe, progress)
    entry = CATALOG[name]
    ready = folder.folder_of(entry.weights_sha256, recipe)
    return ready or folder.built(fetch.fetched(entry, progress), entry.weights_sha256, recipe, progress)


def _place(name: str) -> Path | str | None:
    """Tell where a name that is not the catalogue's points: to a file or folder, or to the hub; None if nowhere."""
    if name.startswith(HUB):
        return name.removeprefix(HUB)
    path = Path(name).expanduser()
    return path if name.endswith(".gguf") or (name and path.is_dir()) else None


def _fetched(name: str, progress: Progress) -> Path:
    """Give the file or folder of weights that a name points to, fetching it if it is on the hub."""
    place = _place(name)
    if isinstance(place, str):
        from lotterylang.world.model.source import hub

        return hub.fetched(hub.address(place), progress)
    return place or Path(name)


def _exported(name: str) -> Path:
    """Give the folder of an exported model. Errors: LOT-E0618 if it is not exported yet."""
    from lotterylang.world.model import export

    found = export.folder_of(name)
    if found is None:
        raise error("LOT-E0618", f"{name} is not exported yet", help=f"export it: `lot model export {name}`")
    return found


def _unknown(spec: str) -> LotError:
    if parted(spec)[0] in EMBEDDERS:
        help = f'name it in an index: `embed = "{parted(spec)[0]}"`'
        return error("LOT-E0703", f"`{spec}` is no model: it turns texts into vectors", help=help)
    known = [*CATALOG, *own.known(), *(f"{name}:fp32" for name in CATALOG), *DICE]
    near = difflib.get_close_matches(spec, known, n=1, cutoff=0.4)
    meant = f"did you mean `{near[0]}`? " if near else ""
    return error(
        "LOT-E0703",
        f"there is no model `{spec}`",
        help=f"{meant}known: {', '.join(known)}, a .gguf file, a folder, or hf:owner/name",
    )


def _unseen(stage: str, done: int, total: int) -> None:
    """Show no progress."""
