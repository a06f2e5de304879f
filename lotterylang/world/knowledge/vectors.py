"""Vectors in memory: those of a store, verified, and exact search in them.

Rows stand by the name of their document, then in its order: where two are equally near, the first one wins, whatever
the order in which documents came. Next door: `store.py` keeps the blobs, `graph.py` searches faster and less exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.knowledge.digest import as_number, digest_of, summed
from lotterylang.world.knowledge.interface import Vectors
from lotterylang.world.knowledge.schema import damaged
from lotterylang.world.knowledge.store import About, Store, as_vector

Places = NDArray[np.intp]
"""Rows of a matrix."""

DECIMALS = 6
"""Similarities are compared with so many: what differs beyond them may differ between machines."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """All vectors of a store, of length 1 or 0. Shapes: `chunks` `[n]`, their ids; `by_id`
    `[n]`, the rows by their ids; `rows` `[n, dimension]`."""

    about: About
    chunks: NDArray[np.int64]
    rows: Vectors
    by_id: Places

    def places(self, chunks: list[int]) -> Places:
        """Give the rows of these chunks, which are all there, in the order of the matrix."""
        found = np.searchsorted(self.chunks, np.array(chunks, np.int64), sorter=self.by_id)
        return np.sort(self.by_id[found])

    def scores(self, query: Vectors, places: Places | None = None) -> NDArray[np.float64]:
        """Give the cosine of each row and a query. Shapes: `query` `[dimension]`; out `[places]`.

        Row by row, by one thread: a product of the whole matrix waits for threads on every core, which takes 30 times
        as long where other programs want the cores too.
        """
        rows = self.rows if places is None else self.rows[places]
        found: NDArray[np.float64] = np.round(np.vecdot(rows, query).astype(np.float64), DECIMALS)
        return found + np.float64(0)  # no negative zero

    def nearest(self, query: Vectors, count: int, places: Places | None = None) -> list[tuple[int, float]]:
        """Give the nearest rows among `places` (all, if None), best first, each with its cosine."""
        scores = self.scores(query, places)
        if count < len(scores):
            least = np.partition(scores, len(scores) - count)[len(scores) - count]
            kept = np.flatnonzero(scores >= least)  # all that are equally near at the end, so that the order decides
        else:
            kept = np.arange(len(scores))
        best = kept[np.argsort(-scores[kept], kind="stable")][:count]
        return [(int(row if places is None else places[row]), float(scores[row])) for row in best]


def loaded(store: Store) -> Matrix:
    """Read and verify all vectors. Errors: LOT-E0652 for vectors that are not those that were written."""
    about = store.about()
    found = store.run(
        "SELECT chunks.id, vector, vectors.digest FROM documents JOIN chunks ON document = documents.id"
        " LEFT JOIN vectors ON chunk = chunks.id ORDER BY documents.name, place"
    )
    ids = np.empty(about.chunks, np.int64)
    rows = np.empty((about.chunks, about.dimension), np.float32)
    sums: list[int] = []
    for chunk, blob, digest in found:
        vector = as_vector(blob, about.dimension) if blob is not None else None
        if vector is None:
            raise damaged(store.path, f"passage {chunk} has no vector of {about.dimension} numbers")
        if digest_of(chunk, blob) != digest:
            raise damaged(store.path, f"the vector of passage {chunk} is not what was written")
        if len(sums) < about.chunks:
            ids[len(sums)], rows[len(sums)] = chunk, vector
        sums.append(as_number(digest))
    if len(sums) != about.chunks or summed(sums) != about.vectors_sum:
        raise damaged(store.path, f"it should have {about.chunks} vectors, and these are others")
    return Matrix(about, ids, rows, np.argsort(ids))
