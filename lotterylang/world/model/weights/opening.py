"""Opening weights: the path of a GGUF file or of a Hugging Face folder in, a checkpoint that can be built out.

Next door: `layout.py` says what cannot be taken; `build/folder.py` builds.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from lotterylang.home import home
from lotterylang.syntax.diagnostics import error
from lotterylang.world.model import cache
from lotterylang.world.model.weights.checkpoint import Checkpoint

_LARGE_BYTES = 1 << 24
"""Files of this size take long enough to hash that it is done once."""


def opened(path: Path) -> Checkpoint:
    """Open weights and check that they can be taken. Cost: seconds.

    Errors: `LOT-E0721` what cannot be read, `LOT-E0722` what is not supported, with the reason.
    """
    from lotterylang.world.model.weights import layout
    from lotterylang.world.model.weights.folder import Folder
    from lotterylang.world.model.weights.gguf import Gguf

    weights = Folder(path) if path.is_dir() else Gguf(path)
    layout.check(path, weights.architecture, weights.shapes())
    return weights


def hash_of(path: Path) -> str:
    """Give the SHA-256 of a file, or of the files of a folder that a model is made of, in hexadecimal.

    Cost: all of it is read the first time. Errors: `LOT-E0721` if it cannot be read; for a folder those of `folder.py`.
    """
    from lotterylang.world.model.weights.folder import files_of

    try:
        if not path.is_dir():
            return digest(path)
        parts = [f"{file.name}\0{digest(file)}" for file in files_of(path)]
    except OSError as cause:
        raise error(
            "LOT-E0721",
            f"the model file `{path}` can't be read: {(cause.strerror or '').lower()}",
            help="check the path",
        ) from cause
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def digest(path: Path) -> str:
    """Give the SHA-256 of a file; of a large one it is kept, with what tells that the file has not changed since."""
    about = path.stat()
    if about.st_size < _LARGE_BYTES:
        return _hashed(path)
    seen = f"{path.resolve()}\0{about.st_size}\0{about.st_mtime_ns}\0{about.st_ino}"
    note = home() / "hashes" / hashlib.sha256(seen.encode()).hexdigest()[:32]
    if not note.exists():
        found = _hashed(path)
        with cache.whole_file(note) as aside:
            aside.write_text(found, encoding="ascii")
    return note.read_text(encoding="ascii")


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
