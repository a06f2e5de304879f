"""The store: documents, chunks, vectors and words in one SQLite file, changed together or not at all.

Documents are the truth; all else is made of them. Every row carries a digest, and `about` the sum of them, so that a
byte that has changed is seen when it is read. Next door: `schema.py` has the tables, `index.py` decides what is
written, `vectors.py` holds what is searched, `integrity.py` reads everything.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.knowledge import schema
from lotterylang.world.knowledge.chunks import Chunking, Span
from lotterylang.world.knowledge.digest import RING, as_number, digest_of, identified
from lotterylang.world.knowledge.document import Document, Passage, Where
from lotterylang.world.knowledge.filter import conditions
from lotterylang.world.knowledge.interface import Vectors
from lotterylang.world.knowledge.needs import said


@dataclass(frozen=True, slots=True)
class About:
    """What a store says of itself: who made its vectors, how texts are cut, how much there is, sums of digests."""

    model: str
    dimension: int
    chunking: Chunking
    documents: int = 0
    documents_sum: int = 0
    chunks: int = 0
    vectors_sum: int = 0

    def made_alike(self, other: About) -> bool:
        """Tell whether vectors and passages of one may stand beside those of the other."""
        return (self.model, self.dimension, self.chunking) == (other.model, other.dimension, other.chunking)


class Store:
    """One file, or one in memory. What raises `sqlite3.Error` is told by whoever calls: `schema.told`."""

    def __init__(self, path: Path | None, wanted: About, *, as_it_is: bool = False) -> None:
        """Open a store, or make it. `as_it_is` takes one of another model or chunking too, to look at it.

        Errors: LOT-E0652 if it can't be used, LOT-E0653 for one that was made otherwise than is wanted.
        """
        self.path = path
        with schema.told(path):
            self._connection = schema.connected(path)
            try:
                self._make(wanted)
                if not as_it_is and not (held := self.about()).made_alike(wanted):
                    raise _otherwise(path, held, wanted)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def run(self, statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> sqlite3.Cursor:
        """Run one statement of SQL."""
        return self._connection.execute(statement, values)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make all that is done inside one commit, or nothing of it. Other writers wait."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:
                self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See one state throughout, whatever others commit meanwhile."""
        self.run("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:  # SQLite ends it by itself where a file can't be read
                self.run("ROLLBACK")

    def about(self) -> About:
        """Read what the store says of itself. Errors: LOT-E0652 if it says nothing."""
        row = self.run(
            "SELECT model, dimension, size, overlap, documents, documents_sum, chunks, vectors_sum FROM about"
        ).fetchone()
        try:
            model, dimension, size, overlap, documents, documents_sum, chunks, vectors_sum = row
            sums = int(documents_sum, 16), int(vectors_sum, 16)
            if min(documents, chunks, dimension - 1) < 0:
                raise ValueError
            return About(model, dimension, Chunking(size, overlap), documents, sums[0], chunks, sums[1])
        except (TypeError, ValueError):
            raise schema.damaged(self.path, "what it says of itself can't be read") from None

    def hashes(self, names: Sequence[str]) -> dict[str, str]:
        """Give the hashes of the contents of those documents that are there."""
        found = (self.run("SELECT hash FROM documents WHERE name = ?", (name,)).fetchone() for name in names)
        return {name: row[0] for name, row in zip(names, found, strict=True) if row is not None}

    def names(self) -> list[str]:
        """List the documents."""
        return [row[0] for row in self.run("SELECT name FROM documents ORDER BY name")]

    def put(self, document: Document, spans: Sequence[Span], vectors: Vectors) -> None:
        """Keep a document with its passages, in place of one of its name. Shapes: `vectors` `[spans, dimension]`."""
        self.drop(document.name)
        metadata = json.dumps(dict(document.metadata), sort_keys=True, ensure_ascii=False)
        row = (document.name, document.hash, document.title, document.text, metadata)
        key = self.run(
            "INSERT INTO documents (name, hash, title, text, metadata) VALUES (?, ?, ?, ?, ?)", row
        ).lastrowid
        for mark, value in document.metadata.items():
            self.run("INSERT INTO marks VALUES (?, ?, ?)", (key, mark, value))
        vectors_sum = 0
        for place, ((start, end), vector) in enumerate(zip(spans, vectors, strict=True)):
            chunk = (key, place, start, end, document.text[start:end])
            vectors_sum += self._put_chunk(chunk, (document.name, document.title, metadata), vector)
        self._count(1, identified(document.name, document.hash), len(spans), vectors_sum)

    def drop(self, name: str) -> bool:
        """Forget a document with all that was made of it; tell whether it was there."""
        row = self.run("SELECT id, hash, title FROM documents WHERE name = ?", (name,)).fetchone()
        if row is None:
            return False
        key, hash, title = row
        mine = "SELECT chunks.id, text, vectors.digest FROM chunks JOIN vectors ON chunk = chunks.id WHERE document = ?"
        chunks = self.run(mine, (key,)).fetchall()
        for chunk, text, _ in chunks:
            self.run("INSERT INTO words (words, rowid, title, text) VALUES ('delete', ?, ?, ?)", (chunk, title, text))
            self.run("DELETE FROM vectors WHERE chunk = ?", (chunk,))
        self.run("DELETE FROM chunks WHERE document = ?", (key,))
        self.run("DELETE FROM marks WHERE document = ?", (key,))
        self.run("DELETE FROM documents WHERE id = ?", (key,))
        self._count(-1, -identified(name, hash), -len(chunks), -sum(as_number(digest) for _, _, digest in chunks))
        return True

    def chosen(self, where: Where) -> list[int]:
        """List the ids of the chunks of documents whose metadata is as `where` says."""
        told, values = conditions(where)
        return [row[0] for row in self.run(f"SELECT id FROM chunks WHERE {told}", values)]

    def passages(self, ranked: Sequence[tuple[int, float]]) -> list[Passage]:
        """Give the passages of chunks with their scores, in this order. Errors: LOT-E0652 for a changed one."""
        return [self._passage(chunk, score) for chunk, score in ranked]

    def _passage(self, chunk: int, score: float) -> Passage:
        row = self.run(
            'SELECT document, place, start, "end", chunks.text, name, title, metadata, digest'
            " FROM chunks JOIN documents ON documents.id = document WHERE chunks.id = ?",
            (chunk,),
        ).fetchone()
        if row is None or digest_of(chunk, *row[:8]) != row[8]:
            raise schema.damaged(self.path, f"passage {chunk} is not what was written")
        start, end, text, name, title, held = row[2:8]
        metadata = json.loads(held)
        return Passage(text, title, score, f"{name}:{start}-{end}", said(metadata), name, start, end, metadata)

    def _put_chunk(
        self, row: tuple[int | None, int, int, int, str], shown: tuple[str, str, str], vector: Vectors
    ) -> int:
        """Keep a chunk, with a digest of all that its passage will show; give what its vector adds to their sum."""
        insert = 'INSERT INTO chunks (document, place, start, "end", text, digest) VALUES (?, ?, ?, ?, ?, ?)'
        chunk = self.run(insert, (*row, b"")).lastrowid
        self.run("UPDATE chunks SET digest = ? WHERE id = ?", (digest_of(chunk, *row, *shown), chunk))
        blob = vector.astype("<f4").tobytes()
        digest = digest_of(chunk, blob)
        self.run("INSERT INTO vectors VALUES (?, ?, ?)", (chunk, blob, digest))
        self.run("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", (chunk, shown[1], row[4]))
        return as_number(digest)

    def _make(self, about: About) -> None:
        if self._is_made():
            return
        with self.writing():
            if not self._is_made():  # nobody made it meanwhile
                for statement in schema.TABLES.split(";\n"):
                    self.run(statement)
                self._put_about(about)

    def _is_made(self) -> bool:
        return bool(self.run("SELECT count(*) FROM sqlite_master").fetchone()[0])

    def _put_about(self, about: About) -> None:
        sums = f"{about.documents_sum:032x}", f"{about.vectors_sum:032x}"
        row = (about.model, about.dimension, about.chunking.size, about.chunking.overlap)
        self.run(
            "INSERT INTO about VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*row, about.documents, sums[0], about.chunks, sums[1]),
        )

    def _count(self, documents: int, documents_sum: int, chunks: int, vectors_sum: int) -> None:
        held = self.about()
        sums = (held.documents_sum + documents_sum) % RING, (held.vectors_sum + vectors_sum) % RING
        self.run(
            "UPDATE about SET documents = ?, documents_sum = ?, chunks = ?, vectors_sum = ?",
            (held.documents + documents, f"{sums[0]:032x}", held.chunks + chunks, f"{sums[1]:032x}"),
        )


def as_vector(blob: bytes, dimension: int) -> Vectors | None:
    """Give a vector as it was written; None if it has another dimension."""
    return np.frombuffer(blob, "<f4") if len(blob) == 4 * dimension else None


def _otherwise(path: Path | None, held: About, wanted: About) -> LotError:
    said, asked = _said(held), _said(wanted)
    if held.chunking != wanted.chunking and (held.model, held.dimension) == (wanted.model, wanted.dimension):
        said, asked = str(held.chunking), str(wanted.chunking)
    help = "open it as it was made, or build it again; it stays as it is"
    return error(schema.OTHERWISE, f"the index `{path}` is made with {said}, and not {asked}", help=help)


def _said(about: About) -> str:
    return f"`{about.model}` ({about.dimension} numbers a vector)"
