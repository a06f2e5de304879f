"""The hub: `owner/name[/file.gguf][@revision]` in, the files of that model in the cache out.

Only what a model is built of is fetched, by `huggingface_hub`, which goes on where an interrupted download stopped and
knows the user's token. What can't be taken is said after the configuration, before gigabytes of weights. What is here
is used without asking the network again. Next door: `../weights/folder.py` reads it; `../cache.py`.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotterylang.home import home
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model import cache
from lotterylang.world.model.build.folder import Progress
from lotterylang.world.model.tokenizer import rebuilt
from lotterylang.world.model.weights.config import shape_of
from lotterylang.world.model.weights.folder import CONFIG, pickled, read_json
from lotterylang.world.model.weights.folder_tokens import FILES as TOKENIZER_FILES
from lotterylang.world.model.weights.folder_tokens import vocabulary_of
from lotterylang.world.model.weights.layout import check_sizes

PREFIX = "hf:"

_NAME = re.compile(
    r"(?P<repo>[\w.-]+/[\w.-]+)(?:/(?P<file>[\w./-]+\.gguf))?(?:@(?P<revision>[\w./-]+))?", flags=re.ASCII
)
_WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors(\.index\.json)?")
_WHOLE = ".whole"
"""Stands in a folder that has everything; says of which commit."""

_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)

_AGAIN = "check the network and run the same command again: the download goes on where it stopped"


@dataclass(frozen=True, slots=True)
class Address:
    """A model on the hub; `file` is set where it is one GGUF file of several."""

    repo: str
    file: str | None
    revision: str

    @property
    def folder(self) -> Path:
        """Give the place where its files lie, or will."""
        return home() / "hub" / f"{self.repo}@{self.revision}".replace("/", "--")

    @property
    def whole(self) -> Path:
        """Give the file that says that everything is there."""
        return self.folder / f"{_WHOLE}{'' if self.file is None else '-' + self.file.replace('/', '--')}"

    @property
    def weights(self) -> Path:
        """Give what is opened."""
        return self.folder if self.file is None else self.folder / self.file


def address(name: str) -> Address:
    """Read what stands after `hf:`. Errors: `LOT-E0703` if it is no name of the hub."""
    found = _NAME.fullmatch(name)
    if found is None or ".." in name:
        raise error(
            "LOT-E0703", f"there is no model '{PREFIX}{name}'", help="write hf:owner/name or hf:owner/name@revision"
        )
    return Address(found["repo"], found["file"], found["revision"] or "main")


def here(place: Address) -> Path | None:
    """Give the folder, or the GGUF file, of a model that was fetched; None if it was not."""
    return place.weights if place.whole.exists() else None


def fetched(place: Address, progress: Progress) -> Path:
    """Give the folder, or the GGUF file, of a model, fetching what is missing.

    Errors: `LOT-E0711` no network, `LOT-E0714` no such model or revision, `LOT-E0715` its owner asks for consent;
    `LOT-E0721` to `LOT-E0723` what can't be taken; those of `cache.py`. What was fetched stays and is used next time.
    """
    if place.whole.exists():
        return place.weights
    with cache.lock(f"hub-{place.folder.name}"):
        if not place.whole.exists():
            _fetch(place, progress)
    return place.weights


def _fetch(place: Address, progress: Progress) -> None:
    with cache.told(place.folder):
        place.folder.mkdir(parents=True, exist_ok=True)
    with _told(place):
        commit, sizes = _listed(place)
    small, weights = _wanted(place, sizes)
    done, total = 0, sum(sizes[name] for name in small + weights)
    for name in small + weights:
        if small and name == weights[0]:
            _look(place)
        with _told(place):
            _download(place, name, commit, _bar(progress, done, total))
        done += sizes[name]
    progress("download", total, total)
    with cache.told(place.whole):
        place.whole.write_text(f"{commit}\n", encoding="utf-8")


def _listed(place: Address) -> tuple[str, dict[str, int]]:
    """Ask for the commit that the revision is, and for its files and their sizes in bytes."""
    import logging

    from huggingface_hub import HfApi

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    said = HfApi(endpoint=_endpoint()).model_info(place.repo, revision=place.revision, files_metadata=True)
    return str(said.sha), {file.rfilename: int(file.size or 0) for file in said.siblings or ()}


def _download(place: Address, name: str, commit: str, bar: Any) -> None:
    from huggingface_hub import hf_hub_download

    hf_hub_download(place.repo, name, revision=commit, local_dir=place.folder, endpoint=_endpoint(), tqdm_class=bar)


def _endpoint() -> str | None:
    return os.environ.get("HF_ENDPOINT") or None


def _wanted(place: Address, sizes: dict[str, int]) -> tuple[list[str], list[str]]:
    """List the files to fetch: what says what the model is, and its weights."""
    if place.file is not None:
        if place.file not in sizes:
            raise _missing(f"{PREFIX}{place.repo} has no file {place.file}")
        return [], [place.file]
    weights = sorted(name for name in sizes if _WEIGHTS.fullmatch(name))
    if CONFIG not in sizes or not weights:
        raise _unusable(place, sizes)
    return [name for name in (CONFIG, *TOKENIZER_FILES) if name in sizes], weights


def _look(place: Address) -> None:
    """Refuse what can't be taken, by what is here before the weights."""
    config = read_json(place.folder / CONFIG)
    check_sizes(place.folder, shape_of(place.folder, config))
    rebuilt(vocabulary_of(place.folder, config))


def _bar(progress: Progress, done: int, total: int) -> Any:
    """Make what `huggingface_hub` shows its progress with: it shows nothing and tells `progress`."""
    from huggingface_hub import utils

    shown: Any = vars(utils)["tqdm"]

    class Told(shown):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named | {"disable": True})
            self._here = int(named.get("initial") or 0)
            progress("download", min(done + self._here, total), total)

        def update(self, n: float | None = 1) -> None:
            self._here += int(n or 0)
            progress("download", min(done + self._here, total), total)

    return Told


@contextmanager
def _told(place: Address) -> Iterator[None]:
    """Turn what the library raises into an error that says what to do."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    name = f"{PREFIX}{place.repo}"
    try:
        yield
    except LotError:
        raise
    except GatedRepoError as cause:
        raise error(
            "LOT-E0715",
            f"the owner of {name} asks who uses it",
            help=f"accept the terms on the page of {place.repo}, then set HF_TOKEN to a token of yours",
        ) from cause
    except RepositoryNotFoundError as cause:
        raise _missing(f"there is no model {name}, or it is private and HF_TOKEN is not set") from cause
    except RevisionNotFoundError as cause:
        raise _missing(f"{name} has no revision {place.revision}") from cause
    except Exception as cause:  # from here on it is the network or the disk, in any of a dozen types
        if isinstance(cause, OSError) and cause.errno in _OF_THE_DISK:
            with cache.told(place.folder):
                raise
        status = getattr(getattr(cause, "response", None), "status_code", None)
        reason = f"it answered {status}" if isinstance(cause, HfHubHTTPError) and status else _first_line(cause)
        raise error("LOT-E0711", f"{name} cannot be fetched: {reason}", help=_AGAIN) from cause


def _first_line(cause: BaseException) -> str:
    return (str(cause).strip() or type(cause).__name__).splitlines()[0]


def _unusable(place: Address, sizes: dict[str, int]) -> LotError:
    ggufs = sorted(name for name in sizes if name.endswith(".gguf"))
    if ggufs:
        return error(
            "LOT-E0714",
            f"{PREFIX}{place.repo} has GGUF files, one of which is to be chosen",
            help=f"write {PREFIX}{place.repo}/{ggufs[0]}, for example",
        )
    if any(name.endswith((".bin", ".pt", ".pth")) for name in sizes):
        return pickled(Path(f"{PREFIX}{place.repo}"))
    return _missing(f"{PREFIX}{place.repo} has no weights that can be read")


def _missing(fact: str) -> LotError:
    return error("LOT-E0714", fact, help="check the name: it is hf:owner/name, or hf:owner/name@revision")
