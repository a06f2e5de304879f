"""The embedded index: documents in, passages found. The door of this room.

Next door: `interface.py` says what every index does; `store.py` keeps, `vectors.py`, `graph.py` and `words.py` search,
`plan.py` chooses, `fusion.py` joins rankings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import Literal

from lotterylang.world.knowledge import integrity, schema, words
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.digest import digest_of
from lotterylang.world.knowledge.document import Document, Passage, Where, unkeepable
from lotterylang.world.knowledge.embedding import embedded
from lotterylang.world.knowledge.fusion import depth, fused
from lotterylang.world.knowledge.graph import Graph, damaged
from lotterylang.world.knowledge.interface import Changed, Embedder, Info, Progress, Vectors
from lotterylang.world.knowledge.passages import cleaned, cut_and_embedded
from lotterylang.world.knowledge.plan import Plan, Search, plan
from lotterylang.world.knowledge.store import About, Store
from lotterylang.world.knowledge.vectors import Matrix, Places, loaded

Ranking = Literal["vectors", "words", "hybrid"]

COMMIT_DOCUMENTS = 64
"""So many documents are embedded and committed together: what a run that is killed has to do again, at most."""


class EmbeddedIndex:
    """Documents in a file of SQLite, or in memory. It may be used by several threads, and by several processes.

    `ranking` says what nearness is; `search` forces how vectors are searched, where the plan would choose.
    """

    def __init__(
        self,
        path: Path | None,
        embedder: Embedder,
        chunking: Chunking | None = None,
        *,
        ranking: Ranking = "hybrid",
        search: Search | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Open an index, or make an empty one. `progress` is told of passages that are embedded and of damaged graphs.

        Errors: LOT-E0652 where it can't be used or is damaged, LOT-E0653 where it was made by another model,
        an older version or with other passages, LOT-E0656 where it is something else.
        """
        self._path, self._embedder, self._chunking = path, embedder, chunking or Chunking()
        self._ranking, self._search = ranking, search
        self._graph_path = path.with_name(f"{path.name}.hnsw") if path is not None else None
        self.progress = progress
        self._lock = RLock()
        self._matrix: Matrix | None = None
        self._graph: Graph | None = None
        self._store = Store(path, About(embedder.name, embedder.dimension, self._chunking))

    def add(self, documents: Iterable[Document]) -> Changed:
        """Keep documents, some at a time, each batch in one commit; one that is the same is not embedded again."""
        changed = Changed()
        rest = iter(documents)
        while batch := list(islice(rest, COMMIT_DOCUMENTS)):
            changed = _both(changed, self._add({document.name: document for document in batch}))
        return changed

    def remove(self, names: Iterable[str]) -> int:
        """Forget documents, all in one commit."""
        with self._changing():
            return sum(self._store.drop(name) for name in names if not unkeepable(name))

    def names(self) -> list[str]:
        """List the documents, by name."""
        with self._telling():
            return self._store.names()

    def find(self, query: str, count: int, where: Where | None = None) -> list[Passage]:
        """Give the nearest passages. Scores: cosines by vectors, BM25 by words, of 1 at most in a hybrid."""
        if count <= 0:
            return []
        vector = None if self._ranking == "words" else embedded(self._embedder, [cleaned(query)])[0]
        with self._telling(), self._store.reading():
            most = min(count, self._store.about().chunks)
            return self._store.passages(self._ranked(query, vector, most, where) if most else [])

    def info(self) -> Info:
        """Tell what is held and how it would be searched."""
        with self._telling(), self._store.reading():
            held = self._store.about()
        chosen = plan(held.chunks, held.dimension, forced=self._search)
        identity = digest_of(held.model, held.dimension, held.chunking, held.documents, held.documents_sum).hex()
        return Info(
            held.documents,
            held.chunks,
            held.model,
            held.dimension,
            identity,
            self._ranking,
            chosen.search,
            self._why(chosen),
        )

    def check(self) -> list[str]:
        """Read everything and say what is damaged."""
        with self._telling():
            found = integrity.damages(self._store)
            graph = damaged(self._graph_path) if self._graph_path is not None else None
            return [*found, graph] if graph is not None else found

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._matrix = self._graph = None
            self._store.close()

    def _add(self, documents: dict[str, Document]) -> Changed:
        with self._telling():
            held = self._store.hashes([*documents])
        new = [document for name, document in documents.items() if held.get(name) != document.hash]
        parts = cut_and_embedded(self._embedder, self._chunking, new, self.progress)
        with self._changing():
            for document, cuts, vectors in parts:
                self._store.put(document, cuts, vectors)
        updated = sum(document.name in held for document in new)
        return Changed(len(new) - updated, updated, 0, len(documents) - len(new))

    def _ranked(self, query: str, vector: Vectors | None, count: int, where: Where | None) -> list[tuple[int, float]]:
        if vector is None:
            return words.nearest(self._store, query, count, where)
        if self._ranking == "vectors":
            return self._near(vector, count, where)
        deep = depth(count)
        return fused(self._near(vector, deep, where), words.nearest(self._store, query, deep, where), count)

    def _near(self, vector: Vectors, count: int, where: Where | None) -> list[tuple[int, float]]:
        matrix = self._loaded()
        chosen = matrix.places(self._store.chosen(where)) if where else None
        how = plan(
            len(matrix.chunks),
            matrix.about.dimension,
            chosen=None if chosen is None else len(chosen),
            forced=self._search,
        )
        if how.search == "hnsw":
            chosen = self._by_graph(matrix, vector, count)
        return [(int(matrix.chunks[row]), score) for row, score in matrix.nearest(vector, count, chosen)]

    def _by_graph(self, matrix: Matrix, vector: Vectors, count: int) -> Places | None:
        """Let the graph choose rows, whose cosines are then taken exactly; None, for all, if it reaches too few."""
        if self._graph is None:
            self._graph = Graph(matrix, self._graph_path, self.progress)
        found = self._graph.nearest(vector, count)
        return matrix.places(found) if len(found) >= min(count, len(matrix.chunks)) else None

    def _loaded(self) -> Matrix:
        """Give the vectors as they are in the store now: another process may have changed it."""
        if self._matrix is None or self._matrix.about != self._store.about():
            self._matrix = loaded(self._store)
            if self._graph is not None:
                self._graph.follow(self._matrix)
        return self._matrix

    def _why(self, chosen: Plan) -> str:
        return f"{chosen.why}; the graph was {self._graph.said}" if self._graph is not None else chosen.why

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._telling(), self._store.writing():
            yield

    @contextmanager
    def _telling(self) -> Iterator[None]:
        with self._lock, schema.told(self._path):
            yield


def _both(one: Changed, other: Changed) -> Changed:
    return Changed(one.added + other.added, one.updated + other.updated, 0, one.unchanged + other.unchanged)
