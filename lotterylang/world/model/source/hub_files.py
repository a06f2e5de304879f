"""Files of the hub: a repository's name in, its listing out; a file of it in, that file on the disk out.

By `huggingface_hub`, which knows the user's token, proxies and retries; but it begins an interrupted file anew, and
weights are gigabytes, so what is half here is kept beside its place and gone on with. Next door: `hub.py`.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotterylang.world.model.progress import Progress


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on the hub. `sha256` is known of large ones."""

    size_bytes: int
    sha256: str | None


def listed(repo: str, revision: str) -> tuple[str, dict[str, Remote]]:
    """Give the commit that a revision is, and its files. Errors: those of `huggingface_hub`."""
    from huggingface_hub import HfApi

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    said = HfApi(endpoint=_endpoint()).model_info(repo, revision=revision, files_metadata=True)
    files = {
        file.rfilename: Remote(int(file.size or 0), file.lfs.sha256 if file.lfs else None)
        for file in said.siblings or ()
    }
    return str(said.sha), files


def download(repo: str, commit: str, name: str, remote: Remote, target: Path, bar: Any) -> bool:
    """Fetch a file to its place, beginning with what an earlier attempt left; tell whether it is the right one.

    Errors: those of `huggingface_hub`, of the network and of the disk; what came stays for the next attempt.
    """
    from huggingface_hub import hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    part = target.with_name(f".{target.name}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    url = hf_hub_url(repo, name, revision=commit, endpoint=_endpoint())
    with part.open("ab") as file:
        http_get(
            url,
            file,
            resume_size=file.tell(),
            headers=build_hf_headers(),
            expected_size=remote.size_bytes,
            tqdm_class=bar,
        )
    if remote.sha256 is not None and _sha256(part) != remote.sha256:
        part.unlink()
        return False
    part.replace(target)
    return True


def bar(progress: Progress, done: int, total: int) -> Any:
    """Make what `huggingface_hub` shows its progress with: it shows nothing and tells `progress`. Units: bytes."""
    from huggingface_hub.utils.tqdm import tqdm

    shown: Any = tqdm

    class Told(shown):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named | {"disable": True})
            self._here = int(named.get("initial") or 0)
            progress("download", min(done + self._here, total), total)

        def update(self, n: float | None = 1) -> None:
            self._here += int(n or 0)
            progress("download", min(done + self._here, total), total)

    return Told


def total_bytes(files: Mapping[str, Remote]) -> int:
    """Sum the sizes of files."""
    return sum(remote.size_bytes for remote in files.values())


def _endpoint() -> str | None:
    """Give the hub that the user named; read anew each time, where the library reads it once."""
    return os.environ.get("HF_ENDPOINT") or None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
