"""The hub: `owner/name[/file.gguf][@revision]` in, the files of that model in the cache out.

Only what a model is built of is fetched, and what can't be taken is said after its configuration, before gigabytes of
weights. What is here is used without asking the network again, so a name keeps its meaning until its folder is
deleted. Next door: `hub_files.py` asks and downloads; `../weights/folder.py` reads what came.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lotterylang.home import home
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model import cache
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source import hub_files
from lotterylang.world.model.tokenizer import rebuilt
from lotterylang.world.model.weights.config import shape_of
from lotterylang.world.model.weights.folder import CONFIG, pickled, read_json
from lotterylang.world.model.weights.folder_tokens import FILES as TOKENIZER_FILES
from lotterylang.world.model.weights.folder_tokens import vocabulary_of
from lotterylang.world.model.weights.layout import check_sizes

PREFIX = "hf:"

Files = dict[str, hub_files.Remote]

_NAME = re.compile(
    r"(?P<repo>[\w.-]+/[\w.-]+)(?:/(?P<file>[\w./-]+\.gguf))?(?:@(?P<revision>[\w./-]+))?", flags=re.ASCII
)
_WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors(\.index\.json)?")
_POOLING = re.compile(
    r"modules\.json|sentence_bert_config\.json|config_sentence_transformers\.json|\d+_\w+/config\.json"
)
"""What models have that turn texts into vectors."""
_LAST = re.compile(r"\d+_\w+/model\.safetensors")

_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)

_FAULTS = (TypeError, AttributeError, NameError, LookupError, AssertionError)
"""Not of the network: faults of ours or of the library."""

_AGAIN = "check the network and run the same command again: the download goes on where it stopped"


@dataclass(frozen=True, slots=True)
class Address:
    """A model on the hub; `file` is set where it is one GGUF file of several."""

    repo: str
    file: str | None
    revision: str

    @property
    def name(self) -> str:
        """Write it as the user does, without the revision."""
        return f"{PREFIX}{self.repo}{'' if self.file is None else '/' + self.file}"

    @property
    def whole(self) -> Path:
        """Give the file that says that everything is there, and of which commit."""
        return self._folder / f".{self.file or ''}@{self.revision}".replace("/", "--")

    def place(self, commit: str) -> Path:
        """Give the folder of a commit's files."""
        return self._folder / commit

    @property
    def _folder(self) -> Path:
        return home() / "hub" / self.repo.replace("/", "--")


def address(name: str) -> Address:
    """Read what stands after `hf:`. Errors: `LOT-E0703` if it is no name of the hub."""
    found = _NAME.fullmatch(name)
    if found is None or ".." in name:
        raise error(
            "LOT-E0703", f"there is no model `{PREFIX}{name}`", help="write hf:owner/name or hf:owner/name@revision"
        )
    return Address(found["repo"], found["file"], found["revision"] or "main")


def here(model: Address) -> Path | None:
    """Give the folder, or the GGUF file, of a model that was fetched; None if it was not."""
    try:
        commit = model.whole.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    found = model.place(commit) if model.file is None else model.place(commit) / model.file
    return found if found.exists() else None


def fetched(model: Address, progress: Progress, look: bool = True) -> Path:
    """Give the folder, or the GGUF file, of a model, fetching what is missing. Without `look` of any family at all.

    Errors: `LOT-E0711` no network, `LOT-E0713` what came is not what was said, `LOT-E0714` no such model or revision,
    `LOT-E0715` its owner asks for consent; `LOT-E0721` to `LOT-E0723` what can't be taken; those of `cache.py`. What
    came stays and is gone on with.
    """
    with cache.lock(f"hub-{model.repo.replace('/', '--')}"):
        return here(model) or _fetch(model, progress, look)


def _fetch(model: Address, progress: Progress, look: bool) -> Path:
    with _told(model):
        commit, files = hub_files.listed(model.repo, model.revision)
    small, weights = _wanted(model, files)
    place, done, total = model.place(commit), 0, hub_files.total_bytes(small | weights)
    for name, remote in (small | weights).items():
        if small and name in weights:
            if look:
                _look(model, place)
            small = {}
        if not (place / name).exists():
            with _told(model):
                bar = hub_files.bar(progress, done, total)
                is_right = hub_files.download(model.repo, commit, name, remote, place / name, bar)
            if not is_right:
                raise error("LOT-E0713", f"what came of {model.name} is not the expected file: {name}", help=_AGAIN)
        done += remote.size_bytes
        progress("download", done, total)
    with cache.whole_file(model.whole) as aside:
        aside.write_text(f"{commit}\n", encoding="utf-8")
    return place if model.file is None else place / model.file


def _wanted(model: Address, files: Files) -> tuple[Files, Files]:
    """Choose the files to fetch: what says what the model is, and its weights."""
    if model.file is not None:
        if model.file not in files:
            raise _missing(f"{PREFIX}{model.repo} has no file {model.file}")
        return {}, {model.file: files[model.file]}
    weights = {name: files[name] for name in sorted(files) if _WEIGHTS.fullmatch(name) or _LAST.fullmatch(name)}
    if CONFIG not in files or not weights:
        raise _unusable(model, files)
    small = [CONFIG, *TOKENIZER_FILES, *filter(_POOLING.fullmatch, sorted(files))]
    return {name: files[name] for name in small if name in files}, weights


def _look(model: Address, place: Path) -> None:
    """Refuse what can't be taken, by what is here before the weights."""
    config = read_json(place / CONFIG)
    try:
        check_sizes(place, shape_of(place, config))
    except LotError as refused:
        found = refused.diagnostics[0]
        help = f"take a model of another family, or export this one, which runs slower: `lot model export {model.name}`"
        raise error(found.code, found.message, help=help) from refused
    rebuilt(vocabulary_of(place, config))


@contextmanager
def _told(model: Address) -> Iterator[None]:
    """Turn what the library raises into an error that says what to do."""
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

    name = model.name
    try:
        yield
    except (LotError, *_FAULTS):
        raise
    except GatedRepoError as cause:
        raise error(
            "LOT-E0715",
            f"the owner of {name} asks who uses it",
            help=f"accept the terms on the page of {model.repo}, then set HF_TOKEN to a token of yours",
        ) from cause
    except RepositoryNotFoundError as cause:
        raise _missing(f"there is no model {name}, or it is private and HF_TOKEN is not set") from cause
    except RevisionNotFoundError as cause:
        raise _missing(f"{name} has no revision {model.revision}") from cause
    except Exception as cause:  # from here on it is the network or the disk, in any of a dozen types
        if isinstance(cause, OSError) and cause.errno in _OF_THE_DISK:
            with cache.told(model.whole):
                raise
        status = getattr(getattr(cause, "response", None), "status_code", None)
        reason = f"it answered {status}" if isinstance(cause, HfHubHTTPError) and status else _first_line(cause)
        raise error("LOT-E0711", f"{name} cannot be fetched: {reason}", help=_AGAIN) from cause


def _first_line(cause: BaseException) -> str:
    return (str(cause).strip() or type(cause).__name__).splitlines()[0]


def _unusable(model: Address, files: Files) -> LotError:
    ggufs = sorted(name for name in files if name.endswith(".gguf"))
    if ggufs:
        return error(
            "LOT-E0714",
            f"{PREFIX}{model.repo} has GGUF files, one of which is to be chosen",
            help=f"write {PREFIX}{model.repo}/{ggufs[0]}, for example",
        )
    if any(name.endswith((".bin", ".pt", ".pth")) for name in files):
        return pickled(Path(f"{PREFIX}{model.repo}"))
    return _missing(f"{PREFIX}{model.repo} has no weights that can be read")


def _missing(fact: str) -> LotError:
    return error("LOT-E0714", fact, help="check the name: it is hf:owner/name, or hf:owner/name@revision")
