"""Passages: documents in, the spans of their passages with vectors out. It takes long, and is done outside of commits.

Next door: `chunks.py` cuts, `embedding.py` embeds; the indexes keep what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence

from lotterylang.world.knowledge.chunks import Chunking, Span, spans
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.embedding import embedded
from lotterylang.world.knowledge.interface import Embedder, Progress, Vectors

Cut = tuple[Document, list[Span], Vectors]
"""A document, its spans, their vectors. Shapes: `[spans, dimension]`."""


def cut_and_embedded(
    embedder: Embedder, chunking: Chunking, documents: Sequence[Document], progress: Progress | None
) -> list[Cut]:
    """Cut documents into passages and embed these, each after its document's title. Errors: LOT-E0654."""
    cuts = [spans(document.text, embedder.count_tokens, chunking) for document in documents]
    texts = [
        f"{document.title}\n{document.text[start:end]}" if document.title else document.text[start:end]
        for document, parts in zip(documents, cuts, strict=True)
        for start, end in parts
    ]
    vectors = embedded(embedder, texts, progress)
    found, at = [], 0
    for document, parts in zip(documents, cuts, strict=True):
        found.append((document, parts, vectors[at : at + len(parts)]))
        at += len(parts)
    return found


def cleaned(query: str) -> str:
    """Leave out what no model can read: halves of surrogate pairs."""
    return query.encode("utf-8", "ignore").decode()
