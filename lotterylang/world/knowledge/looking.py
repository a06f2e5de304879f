"""Looking: opens an index that is there only to say what it holds, without what embeds its passages.

Next door: `following.py` opens one that answers; `integrity.py` reads everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.index import EmbeddedIndex, Ranking
from lotterylang.world.knowledge.interface import Vectors
from lotterylang.world.knowledge.plan import Search
from lotterylang.world.knowledge.schema import told
from lotterylang.world.knowledge.store import About, Store


class Recorded:
    """The embedder that an index says it was made by; it is not there."""

    def __init__(self, about: About) -> None:
        self.name, self.dimension, self.batch = about.model, about.dimension, 1

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Refuse: whoever looks adds nothing and asks nothing."""
        raise RuntimeError("an index that is looked at embeds nothing")

    def count_tokens(self, text: str) -> int:
        """Refuse, as `embed` does."""
        raise RuntimeError("an index that is looked at cuts nothing")


def looked_at(path: Path, ranking: Ranking, search: Search | None = None) -> EmbeddedIndex:
    """Open an index that is there, as it is. Errors: LOT-E0652 if it is damaged, LOT-E0653, LOT-E0656 if not ours."""
    with told(path), closing(Store(path, About("", 1, Chunking()), as_it_is=True)) as store:
        held = store.about()
    return EmbeddedIndex(path, Recorded(held), held.chunking, ranking=ranking, search=search)
