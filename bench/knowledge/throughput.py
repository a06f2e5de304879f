"""Throughput: texts to vectors by the embedder, beside bare sessions of its own graph that get ready tokens.

Bare sessions run the batches that an index makes, of texts sorted by length: each batch at once, filled up to its
longest text (of which only real tokens count), or text by text, on all cores or a core each. The bar is the best.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bench.knowledge.material import passages
from bench.rounds import ROUNDS, Bar, ratio
from lotterylang.world.knowledge.embedding import embedded
from lotterylang.world.model import device
from lotterylang.world.model.embedding.embedder import TextEmbedder
from lotterylang.world.model.embedding.folder import GRAPH
from lotterylang.world.model.embedding.open import ready
from lotterylang.world.model.source.catalog import DEFAULT_EMBEDDER

BATCHES = 2
TOGETHER = 64
"""So many texts of about one length go through a bare session on CUDA together."""

LEAST = 0.8
OURS = "the embedder, from texts"


def measure(embedder: TextEmbedder) -> dict[str, Any]:
    """Have the arms take turns on the same texts, after a round for warming up."""
    batch, wanted = embedder.batch, BATCHES * embedder.batch
    texts = [document.text[:800] for document in passages()[:: len(passages()) // wanted][:wanted]]
    texts.sort(key=len, reverse=True)
    rows = embedder.ids(texts)
    batches = [rows[start : start + batch] for start in range(0, wanted, batch)]
    arms: dict[str, Callable[[], object]] = {
        OURS: lambda: embedded(embedder, texts),
        **(_on_cpu(batches) if device.without_cuda() else _on_cuda(batches)),
    }
    times: dict[str, list[float]] = {name: [] for name in arms}
    for number in range(ROUNDS + 1):
        for name, run in arms.items():
            begun = time.perf_counter()
            run()
            if number:
                times[name].append(time.perf_counter() - begun)
    tokens = sum(map(len, rows))
    return {
        name: {"tokens_per_s": tokens / statistics.median(took), "ratio": ratio(took, times[OURS])}
        for name, took in times.items()
    }


def _on_cpu(batches: list[list[list[int]]]) -> dict[str, Callable[[], object]]:
    graph, cores = ready(DEFAULT_EMBEDDER) / GRAPH, device.usable_cores()
    every = device.session(graph, cores)
    return {
        "bare, each batch at once": _whole(every, batches),
        "bare, text by text on all cores": _one_by_one(every, batches, 1),
        "bare, text by text, a core each": _one_by_one(device.session(graph, 1), batches, cores),
    }


def _on_cuda(batches: list[list[list[int]]]) -> dict[str, Callable[[], object]]:
    session = device.cuda_session(ready(DEFAULT_EMBEDDER) / GRAPH)
    few = [batch[at : at + TOGETHER] for batch in batches for at in range(0, len(batch), TOGETHER)]
    return {f"bare, {TOGETHER} texts at once": _whole(session, few)}


def _whole(session: Any, batches: list[list[list[int]]]) -> Callable[[], object]:
    """Run each batch filled up with padding. Shapes: (B, longest)."""
    lengths = [max(map(len, batch)) for batch in batches]
    filled = [
        np.array([row + [0] * (length - len(row)) for row in batch])
        for batch, length in zip(batches, lengths, strict=True)
    ]
    return lambda: [session.run(None, {"ids": ids}) for ids in filled]


def _one_by_one(session: Any, batches: list[list[list[int]]], workers: int) -> Callable[[], object]:
    """Run each text alone, so many at a time."""
    texts = [np.array([row]) for batch in batches for row in batch]
    pool = ThreadPoolExecutor(workers)
    return lambda: [*pool.map(lambda ids: session.run(None, {"ids": ids}), texts)]


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table."""
    table = [["", "tokens a second", "the embedder is"]]
    for name, found in figures.items():
        times = "" if name == OURS else f"{found['ratio']:.2f} times as fast"
        table.append([name, f"{found['tokens_per_s']:,.0f}", times])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached."""
    return [Bar(f"{OURS}, times {name}", one["ratio"], least=LEAST) for name, one in figures.items() if name != OURS]
