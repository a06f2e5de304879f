"""Opening: what a program calls an embedder in, the embedder out. Cheap to import.

A name of the catalogue, a folder of sentence-transformers, or `hf:owner/name`. Next door: `../open.py` opens models.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source.catalog import DEFAULT_EMBEDDER, EMBEDDERS

if TYPE_CHECKING:
    from lotterylang.world.model.embedding.embedder import TextEmbedder

HUB = "hf:"


def open_embedder(spec: str = DEFAULT_EMBEDDER, progress: Progress | None = None) -> TextEmbedder:
    """Open the embedder that `spec` names, fetching and building it the first time.

    `progress` is called with a stage (`download`, `check`, `unpack`, `build`), how much is done and how much there is.
    Errors: LOT-E0703 for a name that nothing has, LOT-E0724 for one that is damaged; those of `source/fetch.py`,
    `source/hub.py` and `folder.py`.
    """
    from lotterylang.world.model.embedding.embedder import TextEmbedder

    return TextEmbedder(ready(spec, progress))


def ready(spec: str, progress: Progress | None = None) -> Path:
    """Give the folder of a built embedder, fetching and building it first if need be. Errors: as `open_embedder`."""
    from lotterylang.world.model.embedding import folder
    from lotterylang.world.model.source import fetch

    told = progress or _unseen
    if spec not in EMBEDDERS:
        path = _fetched(spec, told)
        return folder.built(path, folder.hash_of(path), told)
    entry = EMBEDDERS[spec]
    return folder.folder_of(entry.weights_sha256) or folder.built(
        fetch.fetched(entry, told), entry.weights_sha256, told
    )


def _fetched(spec: str, progress: Progress) -> Path:
    """Give the folder that a name points to, fetching it if it is on the hub. Errors: LOT-E0703."""
    if spec.startswith(HUB):
        from lotterylang.world.model.source import hub

        return hub.fetched(hub.address(spec.removeprefix(HUB)), progress, look=False)
    path = Path(spec).expanduser()
    if not spec or not path.is_dir():
        known = ", ".join(EMBEDDERS)
        help = f"known: {known}, a folder of sentence-transformers, or hf:owner/name"
        raise error("LOT-E0703", f"there is no embedder `{spec}`", help=help)
    return path


def _unseen(stage: str, done: int, total: int) -> None:
    """Show no progress."""
