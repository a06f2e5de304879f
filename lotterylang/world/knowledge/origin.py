"""Origin: where an index comes from, where it is kept and how its passages are cut.

Next door: `following.py` brings that file up to date with its source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lotterylang.home import home
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.digest import digest_of
from lotterylang.world.knowledge.records import FIELDS, Fields

_UNNAMEABLE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """A file or a folder (None: others fill it), the name of what embeds it (None: nothing does), how it is cut, which
    fields are read, and the URL of the collection that keeps it (None: a file in the home folder does).

    How an index is ranked and searched is no part of it: all ways share one file.
    """

    source: Path | None
    embed: str | None = None
    chunking: Chunking = field(default_factory=Chunking)
    fields: Fields = FIELDS
    url: str | None = None

    @property
    def path(self) -> Path:
        """Name the file: of another source, embedder, length, field or URL it is another one."""
        source = self.source.resolve() if self.source is not None else Path(self.url or "")
        digest = digest_of(source, self.embed or "", self.chunking, self.fields, self.url or "").hex()[:16]
        name = _UNNAMEABLE.sub("-", source.stem)[:40] or "root"
        return home() / "indexes" / f"{name}-{digest}.index"
