"""The user's own catalogue: names in, where their weights lie out. One small JSON file in the home folder.

A name stands for a `.gguf` file, a folder as Hugging Face writes it, or `hf:owner/name`. Cheap to import. Next door:
`catalog.py` has the names that everyone has; `open.py` reads both.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from lotterylang.home import home
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model import cache
from lotterylang.world.model.source.catalog import CATALOG, EMBEDDERS

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""What a name looks like: nothing that a path or a recipe could be taken for."""

_TAKEN = ("random", "first")


@dataclass(frozen=True, slots=True)
class Own:
    """What a name stands for, and the hash of the weights when it was given."""

    source: str
    weights_hash: str


def file() -> Path:
    """Give the place of the catalogue, there or not."""
    return home() / "models.json"


def known() -> dict[str, Own]:
    """Read the catalogue. Errors: LOT-E0732 if the file is damaged or can't be read."""
    try:
        data = json.loads(file().read_text(encoding="utf-8"))
        return {str(name): Own(**one) for name, one in data.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as cause:
        raise _damaged() from cause


def meant(name: str) -> str:
    """Give what a name stands for: its source, or itself where the catalogue does not have it."""
    found = known().get(name) if NAME.fullmatch(name) else None
    return name if found is None else found.source


def add(name: str, given: Own) -> None:
    """Give a source a name. Errors: as `refuse`, those of `cache.py`."""
    with cache.lock("models"):
        refuse(name)
        _write(known() | {name: given})


def refuse(name: str) -> None:
    """Refuse a name that can't be given. Errors: LOT-E0731 if it is taken or is no name."""
    if not NAME.fullmatch(name) or name.endswith(".gguf"):
        help = "use small letters, digits, `-`, `_` and `.`, and begin with a letter or a digit"
        raise error("LOT-E0731", f"`{name}` can't be the name of a model", help=help)
    if name in CATALOG or name in EMBEDDERS or name in _TAKEN:
        raise error("LOT-E0731", f"the name `{name}` is taken: everyone has it", help="choose another name")
    taken = known().get(name)
    if taken is not None:
        help = f"choose another name, or `lot model rm {name}` first"
        raise error("LOT-E0731", f"the name `{name}` is taken: it stands for {taken.source}", help=help)


def remove(name: str) -> None:
    """Take a name out of the catalogue."""
    with cache.lock("models"):
        _write({one: own for one, own in known().items() if one != name})


def _write(names: dict[str, Own]) -> None:
    data = {name: asdict(own) for name, own in names.items()}
    with cache.whole_file(file()) as aside:
        aside.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _damaged() -> LotError:
    return error("LOT-E0732", f"your catalogue of models can't be read: {file()}", help="mend or delete this file")
