"""Opens the index of a folder's texts, and says on standard output what happens, a word a line.

`python building.py FOLDER [held]`: `stage …` as it is told, `embedding` before the first texts are embedded, and at the
end how many were, what has changed and what is found. A `held` one embeds when it is sent a line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "rooms"))

from hashed_words import HashedWords

from lotterylang.world.knowledge import following
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.interface import Vectors
from lotterylang.world.knowledge.origin import Origin

following.SETTLED_NS = -(1 << 62)  # the files were written long ago


class Held(HashedWords):
    """Says when it embeds texts, and waits for leave."""

    is_held = "held" in sys.argv

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not self.embedded:
            say("embedding")
            if self.is_held:
                sys.stdin.readline()
        return super().embed(texts)


def say(word: str) -> None:
    """Say a word at once."""
    os.write(1, f"{word}\n".encode())


def main() -> None:
    """Build, or wait for who builds."""
    folder = Path(sys.argv[1])
    embedder = Held()
    origin = Origin(folder / "texts", "words", Chunking(12, 4))
    index, changed = following.opened(
        origin, embedder, ranking="vectors", progress=lambda stage, done, total: say(f"stage {stage}")
    )
    with closing(index):
        say(f"embedded {len(embedder.embedded)}")
        say(f"changed {changed}")
        embedder.is_held = False
        say(f"found {[hit.source for hit in index.find('number3', 1)]} {index.check()}")


main()
