"""Origin: where an index comes from and how its passages are cut; and the file in the home folder that keeps it.

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
    """A file or a folder, the name of what embeds it (None: nothing does), how it is cut, which fields are read.

    How an index is ranked and searched is no part of it: all ways share one file.
    """

    source: Path
    embed: str | None = None
    chunking: Chunking = field(default_factory=Chunking)
    fields: Fields = FIELDS

    @property
    def path(self) -> Path:
        """Name the file: of another source, embedder, length or field it is another one."""
        made = (self.embed or "", self.chunking, self.fields)
        digest = digest_of(self.source.resolve(), *made).hex()[:16]
        name = _UNNAMEABLE.sub("-", self.source.resolve().stem)[:40] or "root"
        return home() / "indexes" / f"{name}-{digest}.index"
