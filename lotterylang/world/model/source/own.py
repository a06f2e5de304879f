"""The user's own catalogue: names in, where their weights lie out. One small JSON file in the home folder.

A name stands for a `.gguf` file, a folder as Hugging Face writes it, or `hf:owner/name`. Cheap to import. Next door:
`catalog.py` has the names that everyone has; `open.py` reads both.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from lotterylang.home import home
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model import cache
from lotterylang.world.model.source.catalog import CATALOG

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""What a name looks like: nothing that a path or a recipe could be taken for."""

_TAKEN = ("random", "first")


def file() -> Path:
    """Give the place of the catalogue, there or not."""
    return home() / "models.json"


def sources() -> dict[str, str]:
    """Read the catalogue: what each name stands for. Errors: LOT-E0732 if the file is damaged or can't be read."""
    try:
        data = json.loads(file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as cause:
        raise _damaged() from cause
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise _damaged()
    return data


def meant(name: str) -> str:
    """Give what a name stands for: its source, or itself where the catalogue does not have it."""
    return sources().get(name, name) if NAME.fullmatch(name) else name


def add(name: str, source: str) -> None:
    """Give a source a name. Errors: as `refuse`, those of `cache.py`."""
    with cache.lock("models"):
        known = sources()
        refuse(name, known)
        _write(known | {name: source})


def refuse(name: str, known: dict[str, str]) -> None:
    """Refuse a name that can't be given. Errors: LOT-E0731 if it is taken or is no name."""
    if not NAME.fullmatch(name) or name.endswith(".gguf"):
        help = "use small letters, digits, `-`, `_` and `.`, and begin with a letter or a digit"
        raise error("LOT-E0731", f"`{name}` can't be the name of a model", help=help)
    if name in CATALOG or name in _TAKEN:
        raise error("LOT-E0731", f"the name `{name}` is taken: it is one that everyone has", help="choose another name")
    if name in known:
        help = f"choose another name, or `lot model rm {name}` first"
        raise error("LOT-E0731", f"the name `{name}` is taken: it stands for {known[name]}", help=help)


def remove(name: str) -> None:
    """Take a name out of the catalogue; one that is not in it is none."""
    with cache.lock("models"):
        known = sources()
        if known.pop(name, None) is not None:
            _write(known)


def _write(known: dict[str, str]) -> None:
    with cache.whole_file(file()) as aside:
        aside.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _damaged() -> LotError:
    return error("LOT-E0732", f"your catalogue of models can't be read: {file()}", help="mend or delete this file")
