"""What an index and an embedder are, whoever provides them. The embedded index is in `index.py`.

An embedder is given to an index by whoever opens it, since what runs models lives in another room, which this one does
not know: `world/model/` makes embedders of weights, and needs nothing of this page but the shape of `Embedder`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge.document import Document, Passage, Where

Vectors = NDArray[np.float32]

Progress = Callable[[str, int, int], None]
"""Called with a stage (`embed`: passages), how much of it is done and how much there is."""


class Embedder(Protocol):
    """What gives texts their places in space: near ones mean nearly the same."""

    @property
    def name(self) -> str:
        """Identify weights, pooling and precision: vectors under one name may be compared, others may not."""
        ...

    @property
    def dimension(self) -> int:
        """Tell how many numbers a vector has."""
        ...

    @property
    def batch(self) -> int:
        """Tell how many texts at once keep it busy."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Give a vector for each text, in order, whatever the company. They need not be of length 1.

        Shapes: `[texts, dimension]`. Callers give batches of similar length.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text as the model reads it, without those that frame it."""
        ...


@dataclass(frozen=True, slots=True)
class Changed:
    """How many documents a change has touched."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Info:
    """What an index holds and how it searches. `identity` is the same for the same documents, however they came in."""

    documents: int
    passages: int
    model: str
    dimension: int
    identity: str
    ranking: str
    search: str
    why: str


class Late(LotError):
    """Whoever holds an index has not answered in time."""


class Index(Protocol):
    """A collection of documents that is searched. One suite holds every implementation to this page."""

    progress: Progress | None
    """Told of passages that are embedded; whoever waits for a change may set it."""

    def add(self, documents: Iterable[Document]) -> Changed:
        """Keep documents; one of a name that is there takes its place, unless its content is the same.

        What has returned is kept for good. Each document is kept whole or not at all.
        """
        ...

    def remove(self, names: Iterable[str]) -> int:
        """Forget the documents of these names, and tell how many were there. They are never found again."""
        ...

    def names(self) -> list[str]:
        """List the documents, by name."""
        ...

    def find(self, query: str, count: int, where: Where | None = None) -> Sequence[Passage]:
        """Give the `count` nearest passages of documents whose metadata is as `where` says, best first.

        Equally near ones come by the name of their document, then in its order. Fewer are given only if there are
        fewer that the ranking knows of. Errors: LOT-E0652; Late, which says that too, where nobody answers in time.
        """
        ...

    def info(self) -> Info:
        """Tell what is held and how it would be searched now."""
        ...

    def check(self) -> list[str]:
        """Read everything and say what is damaged, in sentences; nothing is said of what is whole."""
        ...

    def close(self) -> None:
        """Release files and memory."""
        ...
