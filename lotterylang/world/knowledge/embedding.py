"""Embedding: texts in, vectors of length 1 out, in batches of texts of similar length.

Next door: `interface.py` says what an embedder is; `index.py` keeps the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.knowledge.interface import Embedder, Progress, Vectors


def embedded(embedder: Embedder, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
    """Give the vector of each text, longest texts first into the model: so little of a batch is padding.

    A vector of nothing but zeros stays one. Shapes: `[texts, dimension]`. Errors: LOT-E0654 for what are no vectors.
    """
    found = np.zeros((len(texts), embedder.dimension), np.float32)
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
    for start in range(0, len(order), embedder.batch):
        batch = order[start : start + embedder.batch]
        found[batch] = _unit(_seen(embedder, embedder.embed([texts[place] for place in batch]), len(batch)))
        if progress is not None:
            progress("embed", start + len(batch), len(order))
    return found


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def _seen(embedder: Embedder, vectors: Vectors, count: int) -> Vectors:
    """Refuse what can't be searched, before it is kept."""
    if not isinstance(vectors, np.ndarray) or vectors.shape != (count, embedder.dimension):
        shape = getattr(vectors, "shape", type(vectors).__name__)
        raise _refused(embedder, f"{shape} where ({count}, {embedder.dimension}) was due")
    if not np.isfinite(vectors).all():
        raise _refused(embedder, "numbers that are not finite")
    return vectors


def _refused(embedder: Embedder, what: str) -> LotError:
    help = "take another embedder: nothing of this batch was kept"
    return error("LOT-E0654", f"the embedder `{embedder.name}` gives no vectors: {what}", help=help)
