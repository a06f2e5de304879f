"""Qdrant: an index on a server, one collection of it, behind the same protocol as the embedded one.

A document is committed by its own point, which is written after its passages; old passages go last. So a search may
find the old and the new ones for a moment, but never none. Next door: `points.py` makes points and filters,
`interface.py` says what every index does.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from threading import RLock
from typing import TYPE_CHECKING, Any

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.knowledge import points, server
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.digest import digest_of, identified, summed
from lotterylang.world.knowledge.document import Document, Passage, Where, unkeepable
from lotterylang.world.knowledge.embedding import embedded
from lotterylang.world.knowledge.interface import Changed, Embedder, Info, Progress
from lotterylang.world.knowledge.passages import cleaned, cut_and_embedded
from lotterylang.world.knowledge.records import FIELDS, Fields
from lotterylang.world.knowledge.vectors import DECIMALS

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

COMMIT_DOCUMENTS = 64
PAGE = 256
"""Points that are sent or read together."""

MORE = 8
"""So many more hits are asked for than are wanted: who is equally near at the end is seen then, mostly."""


class QdrantIndex:
    """A collection. It may be used by several threads; of several writers of one document the last one counts."""

    def __init__(
        self,
        client: QdrantClient,
        collection: str,
        embedder: Embedder,
        chunking: Chunking | None = None,
        *,
        fields: Fields = FIELDS,
        make: bool = True,
        progress: Progress | None = None,
    ) -> None:
        """Take a collection, or `make` it. One that others have filled is searched and never written to.

        Errors: LOT-E0652 where it can't be reached or is not there, LOT-E0653 where its vectors are others.
        """
        self._client, self._collection, self._fields = client, collection, fields
        self._embedder, self._chunking = embedder, chunking or Chunking()
        self.progress = progress
        self._lock = RLock()
        with self._telling():
            if make and not client.collection_exists(collection):
                self._make()
            self._is_ours = self._seen()

    def add(self, documents: Iterable[Document]) -> Changed:
        """Keep documents, some at a time; one that is the same is not embedded again."""
        added = updated = unchanged = 0
        rest = iter(documents)
        while batch := {document.name: document for document in islice(rest, COMMIT_DOCUMENTS)}:
            held = self._hashes([*batch])
            new = [document for name, document in batch.items() if held.get(name) != document.hash]
            self._put(new)
            updated += sum(document.name in held for document in new)
            added += sum(document.name not in held for document in new)
            unchanged += len(batch) - len(new)
        return Changed(added, updated, 0, unchanged)

    def remove(self, names: Iterable[str]) -> int:
        """Forget documents."""
        self._see_ours()
        wanted = [name for name in dict.fromkeys(names) if not unkeepable(name)]
        held = self._hashes(wanted)
        with self._telling():
            for start in range(0, len(wanted), PAGE):  # also what is left of one that is not there any more
                self._delete(points.of_documents(wanted[start : start + PAGE]))
        return len(held)

    def names(self) -> list[str]:
        """List the documents."""
        return sorted(held["document"] for held in self._documents(["document"]))

    def find(self, query: str, count: int, where: Where | None = None) -> list[Passage]:
        """Give the nearest passages, by the measure of the collection: of its own ones that is the cosine."""
        if count <= 0:
            return []
        vector = embedded(self._embedder, [cleaned(query)])[0].tolist()
        limit = min(count, self._most()) + MORE
        found = self._nearest(vector, limit, where)
        while len(found) == limit and round(found[-1].score, DECIMALS) == round(found[count - 1].score, DECIMALS):
            limit *= 2  # those at the end are equally near: the order of their documents decides
            found = self._nearest(vector, limit, where)
        with self._telling():
            hits = [self._passage(one, round(one.score, DECIMALS) + 0.0) for one in found]
        return sorted(hits, key=lambda hit: (-hit.score, hit.document, hit.start))[:count]

    def info(self) -> Info:
        """Tell what is held. Cost: the names of all documents are read."""
        own = [*self._documents(["document", "hash"])]
        documents = summed(identified(held["document"], held["hash"]) for held in own)
        passages = self._most() - (len(own) + 1 if self._is_ours else 0)
        name, dimension = self._embedder.name, self._embedder.dimension
        identity = digest_of(name, dimension, self._chunking, len(own), passages, documents).hex()
        return Info(len(own), passages, name, dimension, identity, "vectors", "qdrant", "the server decides how")

    def check(self) -> list[str]:
        """Read all but the vectors, and say what is damaged, lacking or left over."""
        told: list[str] = []
        if not self._is_ours:
            return told  # what others have written is theirs
        due = {held["document"]: held for held in self._documents(True)}
        there: dict[str, int] = dict.fromkeys(due, 0)
        for held in self._scrolled(points.of_kind(points.PASSAGE), True):
            name = str(held.get("document"))
            if name not in due or held.get("version") != due[name].get("version"):
                told.append(f"a passage of `{name}` is left of what is gone")
            elif not points.is_whole(held):
                told.append(f"a passage of `{name}` is not what was written")
            else:
                there[name] += 1
        wrong = [name for name in due if there[name] != due[name].get("passages")]
        return [*dict.fromkeys(told), *(f"`{name}` has {there[name]} whole passages" for name in wrong)]

    def close(self) -> None:
        """Release the connection."""
        self._client.close()

    def _put(self, documents: list[Document]) -> None:
        if not documents:
            return
        self._see_ours()
        parts = cut_and_embedded(self._embedder, self._chunking, documents, self.progress)
        made = [point for part in parts for point in points.points_of(*part)]
        with self._telling():
            for start in range(0, len(made), PAGE):
                self._client.upsert(self._collection, made[start : start + PAGE], wait=True)
            names, versions = [one.name for one in documents], [points.version_of(one) for one in documents]
            self._delete(points.of_documents(names, but=versions))  # also what a killed writer has left

    def _passage(self, point: Any, score: float) -> Passage:
        """Give what was found. Errors: LOT-E0652 for what was put there from here, and is not what was written."""
        if not self._is_ours:
            return points.passage_of_others(point, score, self._fields)
        if not points.is_whole(point.payload or {}):
            help = "build it again from its source: `lot index build … --again`"
            raise error("LOT-E0652", f"a passage of `{self._collection}` is not what was written", help=help)
        return points.passage_of(point, score)

    def _nearest(self, vector: list[float], limit: int, where: Where | None) -> Sequence[Any]:
        with self._telling():
            filter = points.searched(where, self._is_ours)
            return self._client.query_points(self._collection, vector, query_filter=filter, limit=limit).points

    def _hashes(self, names: list[str]) -> dict[str, str]:
        """Give the hashes of the contents of those documents that are there."""
        with self._telling():
            ids = [points.id_of(points.DOCUMENT, name) for name in names]
            found = self._client.retrieve(self._collection, ids, with_payload=["document", "hash"]) if ids else []
        return {held["document"]: held["hash"] for held in (point.payload or {} for point in found)}

    def _documents(self, fields: Any) -> Iterator[dict[str, Any]]:
        """Read the points of documents; in a collection of others none is one."""
        if self._is_ours:
            yield from self._scrolled(points.of_kind(points.DOCUMENT), fields)

    def _scrolled(self, filter: Any, fields: Any) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            with self._telling():
                page, after = self._client.scroll(
                    self._collection, filter, limit=PAGE, offset=after, with_payload=fields
                )
            yield from (dict(point.payload or {}) for point in page)
            if after is None:
                return

    def _most(self) -> int:
        with self._telling():
            return self._client.count(self._collection).count

    def _delete(self, filter: Any) -> None:
        from qdrant_client import models

        self._client.delete(self._collection, models.FilterSelector(filter=filter), wait=True)

    def _make(self) -> None:
        from qdrant_client import models

        dimension = self._embedder.dimension  # vectors have length 1, so their product is the cosine
        params = models.VectorParams(size=dimension, distance=models.Distance.DOT)
        self._client.create_collection(self._collection, params)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the client in memory says that it needs none
            for field in ("kind", "document", "version", "marks"):
                self._client.create_payload_index(self._collection, field, models.PayloadSchemaType.KEYWORD)
        self._client.upsert(self._collection, [points.about_point(self._made(), dimension)], wait=True)

    def _made(self) -> dict[str, Any]:
        return {"model": self._embedder.name, "size": self._chunking.size, "overlap": self._chunking.overlap}

    def _seen(self) -> bool:
        """Tell whether the collection was made here. Errors: LOT-E0653 for one with other vectors or passages."""
        vectors = self._client.get_collection(self._collection).config.params.vectors
        size = getattr(vectors, "size", None)
        if size != self._embedder.dimension:
            raise self._otherwise(f"{size or 'several'} numbers a vector", str(self._embedder.dimension))
        found = self._client.retrieve(self._collection, [points.id_of(points.ABOUT)])
        held = {key: value for key, value in ((found[0].payload or {}) if found else {}).items() if key != "kind"}
        if held and held != self._made():
            raise self._otherwise(str(held), str(self._made()))
        return bool(held)

    def _see_ours(self) -> None:
        if not self._is_ours:
            raise self._otherwise("points of others", "documents")

    def _otherwise(self, said: str, asked: str) -> LotError:
        help = "open it as it was made, or name another collection; it stays as it is"
        fact = f"the collection `{self._collection}` is made with {said}, and not {asked}"
        return error("LOT-E0653", fact, help=help)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Ask one question after another, and say what went wrong with the server. Errors: LOT-E0652."""
        with self._lock, server.telling(self._collection):
            yield
