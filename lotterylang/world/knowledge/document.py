"""Documents in, passages out: the data of this room.

A document has a name, which is where it comes from and by which it is updated and removed. A passage is a hit that
also knows its document and where it stands there. Next door: `sources.py` reads documents, `store.py` keeps them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from lotterylang.run.effects import Hit
from lotterylang.syntax.diagnostics import LotError, error

Scalar = str | int | float | bool | None
Metadata = Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Between:
    """Texts from one to another, both included (None: any); and whatever is no text, but there."""

    low: str | None = None
    high: str | None = None


Where = Mapping[str, "Scalar | Between | list[Scalar] | tuple[Scalar, ...]"]
"""What the metadata of a document must be: for each key a value, or any of several. A key that is not there is None."""

_WIDEST = 2**63
"""Whole numbers of SQLite are smaller."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text with a name, a title and metadata. Errors: LOT-E0651 for what can't be kept."""

    name: str
    text: str
    title: str = ""
    metadata: Metadata = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name:
            raise self._refused("it has no name")
        own = [("name", self.name), ("text", self.text), ("title", self.title)]
        for what, value in [*own, *(("metadata", key) for key in self.metadata), *self.metadata.items()]:
            if why := unkeepable(value):
                raise self._refused(f"its {what} {why}")

    @property
    def hash(self) -> str:
        """Identify the content: title, text and metadata. Equal contents under other names have the same one."""
        said = json.dumps([self.title, self.text, dict(self.metadata)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()

    def _refused(self, why: str) -> LotError:
        shown = self.name.encode("ascii", "backslashreplace").decode()
        help = "mend it where it comes from, or leave it out"
        return error("LOT-E0651", f"the document `{shown}` can't be kept: {why}", help=help)


@dataclass(frozen=True, slots=True)
class Passage(Hit):
    """A hit that knows where it stands: `text` is what its document has from `start` to `end`, in code points."""

    document: str = ""
    start: int = 0
    end: int = 0
    metadata: Metadata = field(default_factory=dict)


def unkeepable(value: Scalar) -> str | None:
    """Say why a value can't be kept in SQLite as it is; None if it can."""
    if isinstance(value, int):
        return None if -_WIDEST <= value < _WIDEST else "is beyond 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else "is no number"
    if value is None:
        return None
    if "\0" in value:
        return "has a NUL character"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "has half of a surrogate pair"
    return None
