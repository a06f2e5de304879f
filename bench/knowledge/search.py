"""Search: the time of one query in windows of text, exact, by the graph, and as the plan chooses.

Each search is that of an index as a program makes it, but for the query's vector, which is at hand. Arms take turns
query by query. Recall is by the ten that exact search finds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

from bench.knowledge.material import SETS, Remembering, folder, questions, vectors, windows
from bench.rounds import Bar
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.embedding import embedded
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.interface import Embedder
from lotterylang.world.knowledge.plan import Search

SIZES = (1_000, 5_000, 15_000, 30_000, 100_000)
COUNT, QUERIES, WARM = 10, 300, 20
ARMS: dict[str, Search | None] = {"exact": "exact", "hnsw": "hnsw", "plan": None}
LEAST_RECALL, MOST_TIME, MOST_SLOWER = 0.99, 0.3, 1.2


def measure(embedder: Embedder) -> dict[str, Any]:
    """Measure every size; the indexes are kept."""
    texts = windows(max(SIZES))
    asked = [question.text for name in SETS for question in questions(name)][::4][: QUERIES + WARM]
    held = [*texts, *asked]
    kept = Remembering(embedder, held, _joined(vectors(embedder, texts), embedded(embedder, asked)))
    return {str(size): _measured(size, texts, asked, kept) for size in SIZES}


def _measured(size: int, texts: Sequence[str], asked: Sequence[str], embedder: Remembering) -> dict[str, Any]:
    path = folder() / f"windows-{size}.db"
    index = EmbeddedIndex(path, embedder)
    step = len(texts) // size
    index.mirror(Document(f"{place:06}", texts[place * step]) for place in range(size))
    index.close()
    print(f"search: {size:,} windows are there", file=sys.stderr, flush=True)
    indexes = {arm: EmbeddedIndex(path, embedder, ranking="vectors", search=search) for arm, search in ARMS.items()}
    times: dict[str, list[float]] = {arm: [] for arm in ARMS}
    found = 0
    for number, query in enumerate(asked):
        names = {}
        for arm in _turned([*ARMS], number):
            begun = time.perf_counter()
            hits = indexes[arm].find(query, COUNT)
            if number >= WARM:
                times[arm].append(time.perf_counter() - begun)
            names[arm] = {hit.document for hit in hits}
        found += len(names["exact"] & names["hnsw"]) if number >= WARM else 0
    chosen = indexes["plan"].info().search
    for one in indexes.values():
        one.close()
    milliseconds = {arm: statistics.median(took) * 1e3 for arm, took in times.items()}
    return {"ms": milliseconds, "recall": found / COUNT / (len(asked) - WARM), "chosen": chosen}


def _turned(names: list[str], number: int) -> list[str]:
    place = number % len(names)
    return names[place:] + names[:place]


def _joined(*parts: Any) -> Any:
    import numpy as np

    return np.concatenate(parts)


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table. Units: medians of milliseconds."""
    table = [["windows", "exact, ms", "HNSW, ms", "HNSW takes", "HNSW recall@10", "the plan, ms", "it takes"]]
    for size, one in figures.items():
        exact, graph, plan = (one["ms"][arm] for arm in ARMS)
        cells = [f"{exact:.2f}", f"{graph:.2f}", f"{graph / exact:.2f} times exact", f"{one['recall']:.3f}"]
        table.append(
            [
                f"{int(size):,}",
                *cells,
                f"{plan:.2f} ({one['chosen']})",
                f"{plan / min(exact, graph):.2f} times the faster",
            ]
        )
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached."""
    found = []
    for size, one in figures.items():
        exact, graph, plan = (one["ms"][arm] for arm in ARMS)
        found.append(
            Bar(f"{int(size):,} windows: the plan, times the faster", plan / min(exact, graph), most=MOST_SLOWER)
        )
        if int(size) == max(SIZES):
            found.append(Bar(f"{int(size):,} windows: HNSW, recall@10", one["recall"], least=LEAST_RECALL))
            found.append(Bar(f"{int(size):,} windows: HNSW, times exact", graph / exact, most=MOST_TIME))
    return found
