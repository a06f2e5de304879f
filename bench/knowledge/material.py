"""Material: passages and questions of public sets, and windows of the passages with their vectors, which are kept.

What takes long, embedding, is done once: its results lie in the models' folder, under a name that says of what.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lotterylang.home import home
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.embedding import embedded
from lotterylang.world.knowledge.interface import Embedder, Vectors

WORDS, STEP = 16, 10
"""A window has so many words and begins so many after the one before, with which it overlaps."""

SETS = ("nq", "popqa")
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the names of the passages that answer it."""

    text: str
    gold: frozenset[str]


class Remembering:
    """An embedder that knows the vectors of some texts and counts words for tokens, so that none is cut again."""

    def __init__(self, embedder: Embedder, texts: Sequence[str], vectors: Vectors) -> None:
        self._embedder, self._vectors = embedder, vectors
        self._places = {text: place for place, text in enumerate(texts)}

    @property
    def name(self) -> str:
        """Identify weights, pooling and precision."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """Tell how many numbers a vector has."""
        return self._embedder.dimension

    @property
    def batch(self) -> int:
        """Tell how many texts at once keep it busy."""
        return self._embedder.batch

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Give what is remembered. Shapes: (texts, dimension). Errors: KeyError for any other text."""
        return self._vectors[[self._places[text] for text in texts]]

    def count_tokens(self, text: str) -> int:
        """Count the words."""
        return len(text.split())


def folder() -> Path:
    """Give the folder for what is kept of this bench."""
    place = home() / "bench"
    place.mkdir(parents=True, exist_ok=True)
    return place


def passages() -> list[Document]:
    """Read the passages."""
    return [Document(one["id"], one["text"], one["title"]) for one in _lines("passages")]


def questions(name: str) -> list[Question]:
    """Read the questions of a set that have a passage."""
    return [Question(one["question"], frozenset(one["gold"])) for one in _lines(name) if one["gold"]]


def windows(count: int) -> list[str]:
    """Cut so many windows of the passages, all different, in the order of the passages and to the end of each."""
    found: dict[str, None] = {}
    for document in passages():
        words = document.text.split()
        for start in range(0, max(1, len(words) - WORDS + STEP), STEP):
            found[" ".join(words[start : start + WORDS])] = None
            if len(found) == count:
                return [*found]
    sys.exit(f"the passages have {len(found):,} windows, not {count:,}")


def vectors(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """Give the vectors of texts, from a file where they were embedded before."""
    said = json.dumps([embedder.name, *texts], ensure_ascii=False)
    path = folder() / f"vectors-{hashlib.sha256(said.encode()).hexdigest()[:16]}.npy"
    if not path.exists():
        parts = []
        for start in range(0, len(texts), _BLOCK):
            parts.append(embedded(embedder, texts[start : start + _BLOCK]))
            print(f"embedded: {start + len(parts[-1]):,} of {len(texts):,}", file=sys.stderr, flush=True)
        aside = path.with_suffix(".aside")
        with aside.open("wb") as file:
            np.save(file, np.concatenate(parts))
        aside.replace(path)
    found: Vectors = np.load(path)
    return found


def _lines(name: str) -> Iterator[dict[str, str]]:
    file = Path(os.environ.get("LOT_DATA", "../shared/data")) / "qa" / f"{name}.jsonl"
    if not file.exists():
        sys.exit(f"there is no {file}: set LOT_DATA to the folder of data sets")
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
