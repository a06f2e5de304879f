"""Search: the time of one query in windows of text, exact, by the graph, and as the plan chooses.

Each search is that of an index as a program makes it, but for the query's vector, which is at hand. Arms take turns,
some queries at a time, so that none finds the caches full of what another has read. Recall is by the ten that exact
search finds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.knowledge.material import SETS, Remembering, folder, questions, vectors, windows
from bench.rounds import Bar, ratio
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.embedding import embedded
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.interface import Embedder
from lotterylang.world.knowledge.plan import Search

SIZES = (1_000, 5_000, 15_000, 30_000, 100_000)
COUNT, TURN, ROUNDS = 10, 20, 15
ARMS: dict[str, Search | None] = {"exact": "exact", "hnsw": "hnsw", "plan": None}
LEAST_RECALL, MOST_TIME, MOST_SLOWER = 0.99, 0.3, 1.2


def measure(embedder: Embedder) -> dict[str, Any]:
    """Measure every size; the indexes are kept."""
    texts = windows(max(SIZES))
    asked = [question.text for name in SETS for question in questions(name)][::4][: TURN * (ROUNDS + 1)]
    held = [*texts, *asked]
    kept = Remembering(embedder, held, np.concatenate([vectors(embedder, texts), embedded(embedder, asked)]))
    return {str(size): _measured(size, texts, asked, kept) for size in SIZES}


def _measured(size: int, texts: Sequence[str], asked: Sequence[str], embedder: Remembering) -> dict[str, Any]:
    path = folder() / f"windows-{size}.db"
    index = EmbeddedIndex(path, embedder)
    step = len(texts) // size
    index.mirror(Document(f"{place:06}", texts[place * step]) for place in range(size))
    index.close()
    print(f"search: {size:,} windows are there", file=sys.stderr, flush=True)
    indexes = {arm: EmbeddedIndex(path, embedder, ranking="vectors", search=search) for arm, search in ARMS.items()}
    milliseconds: dict[str, list[float]] = {arm: [] for arm in ARMS}
    found = 0
    for number in range(ROUNDS + 1):
        queries = asked[number * TURN : (number + 1) * TURN]
        names = {}
        for arm, one in indexes.items():
            times, names[arm] = _searched(one, queries)
            if number:  # the first round is for warming up: graphs are built in it
                milliseconds[arm].append(statistics.median(times) * 1e3)
        if number:
            found += sum(len(a & b) for a, b in zip(names["exact"], names["hnsw"], strict=True))
    chosen = indexes["plan"].info().search
    for one in indexes.values():
        one.close()
    exact, graph, plan = (milliseconds[arm] for arm in ARMS)
    return {
        "ms": {arm: statistics.median(rounds) for arm, rounds in milliseconds.items()},
        "graph_by_exact": ratio(graph, exact),
        "plan_by_faster": max(ratio(plan, exact), ratio(plan, graph)),
        "recall": found / COUNT / TURN / ROUNDS,
        "chosen": chosen,
    }


def _searched(index: EmbeddedIndex, queries: Sequence[str]) -> tuple[list[float], list[set[str]]]:
    """Give the time of each query, in seconds, and the documents that it finds."""
    times, names = [], []
    for query in queries:
        begun = time.perf_counter()
        hits = index.find(query, COUNT)
        times.append(time.perf_counter() - begun)
        names.append({hit.document for hit in hits})
    return times, names


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table. Units: medians of milliseconds."""
    table = [["windows", "exact, ms", "HNSW, ms", "HNSW takes", "HNSW recall@10", "the plan, ms", "it takes"]]
    for size, one in figures.items():
        exact, graph, plan = (f"{one['ms'][arm]:.2f}" for arm in ARMS)
        times = f"{one['graph_by_exact']:.2f} times exact", f"{one['recall']:.3f}"
        chosen = f"{plan} ({one['chosen']})", f"{one['plan_by_faster']:.2f} times the faster"
        table.append([f"{int(size):,}", exact, graph, *times, *chosen])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached."""
    found = []
    for size, one in figures.items():
        name = f"{int(size):,} windows"
        found.append(Bar(f"{name}: the plan, times the faster", one["plan_by_faster"], most=MOST_SLOWER))
        if int(size) == max(SIZES):
            found.append(Bar(f"{name}: HNSW, recall@10", one["recall"], least=LEAST_RECALL))
            found.append(Bar(f"{name}: HNSW, times exact", one["graph_by_exact"], most=MOST_TIME))
    return found
