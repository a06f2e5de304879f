"""Integrity: a store in, what is damaged in it out. Next door: `store.py` writes the digests that are read here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator

import numpy as np

from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge.digest import as_number, digest_of, identified, summed
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.store import Store, as_vector


def damages(store: Store) -> list[str]:
    """Read everything and say what is damaged. What SQLite itself can't read ends it."""
    found: list[str] = []
    with store.reading():
        for part in (_pages, _documents, _chunks, _vectors):
            found += _said(store, part)
    return list(dict.fromkeys(found + _said(store, _words)))


def _said(store: Store, part: Callable[[Store], Iterator[str]]) -> list[str]:
    found: list[str] = []
    try:
        for said in part(store):
            found.append(said)
    except (sqlite3.Error, LotError, ValueError) as problem:
        found.append(problem.diagnostics[0].message if isinstance(problem, LotError) else str(problem))
    return found


def whole_documents(store: Store) -> Iterator[Document | str]:
    """Give every document, or the name of one that is not what was written, by name."""
    rows = store.run("SELECT name, hash, title, text, metadata FROM documents ORDER BY name").fetchall
    for name, hash, title, text, metadata in rows():
        try:
            document = Document(name, text, title, json.loads(metadata))
        except (ValueError, LotError, AttributeError, TypeError):
            yield name
            continue
        yield document if document.hash == hash else name


def _pages(store: Store) -> Iterator[str]:
    for (said,) in store.run("PRAGMA integrity_check(5)").fetchall():
        if said != "ok":
            yield str(said)
    if store.run("PRAGMA foreign_key_check").fetchone() is not None:
        yield "a row belongs to one that is not there"


def _documents(store: Store) -> Iterator[str]:
    about = store.about()
    count = 0
    sums: list[int] = []
    for document in whole_documents(store):
        count += 1
        if isinstance(document, str):
            yield f"the document `{document}` is not what was written"
        else:
            sums.append(identified(document.name, document.hash))
    if count != about.documents or (len(sums) == count and summed(sums) != about.documents_sum):
        yield f"it should have {about.documents} documents, and has {count}, or others"
    if _marks(store) != _metadata(store):
        yield "metadata that is searched is not that of the documents"


def _marks(store: Store) -> list[tuple[object, ...]]:
    return store.run("SELECT document, key, value FROM marks ORDER BY document, key").fetchall()


def _metadata(store: Store) -> list[tuple[object, ...]]:
    rows = store.run("SELECT id, metadata FROM documents ORDER BY id").fetchall()
    return [(id, key, value) for id, held in rows for key, value in sorted(json.loads(held).items())]


def _chunks(store: Store) -> Iterator[str]:
    rows = store.run(
        'SELECT chunks.id, document, place, start, "end", chunks.text, name, title, metadata, digest,'
        ' substr(documents.text, start + 1, "end" - start)'
        " FROM chunks LEFT JOIN documents ON documents.id = document"
    )
    count = 0
    for *parts, digest, text in rows:
        count += 1
        if digest_of(*parts) != digest or parts[5] != text:
            yield f"passage {parts[0]} is not what was written"
    if count != store.about().chunks:
        yield f"it should have {store.about().chunks} passages, and has {count}"


def _vectors(store: Store) -> Iterator[str]:
    about = store.about()
    sums: list[int] = []
    for chunk, blob, digest in store.run("SELECT chunk, vector, digest FROM vectors"):
        vector = as_vector(blob, about.dimension)
        if vector is None or not np.isfinite(vector).all() or digest_of(chunk, blob) != digest:
            yield f"the vector of passage {chunk} is not what was written"
        sums.append(as_number(digest))
    if len(sums) != about.chunks or summed(sums) != about.vectors_sum:
        yield f"it should have {about.chunks} vectors, and has {len(sums)}, or others"


def _words(store: Store) -> Iterator[str]:
    """Have FTS5 compare its table with the passages (`rank` 1). A check is a write to SQLite, and leaves nothing."""
    try:
        with store.writing():
            store.run("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as problem:
        yield f"the words of passages are not what was written: {problem}"
