"""Recall: how often a passage that answers a question is among the first k found, by each ranking.

All gold passages are among 13 thousand: far easier than all of Wikipedia.
"""

from __future__ import annotations

import sys
from typing import Any

from bench.knowledge.material import SETS, folder, passages, questions
from bench.rounds import Bar
from bench.statistics import wilson
from lotterylang.world.knowledge.index import EmbeddedIndex, Ranking
from lotterylang.world.knowledge.interface import Embedder
from lotterylang.world.knowledge.plan import Search

FIRST = (1, 5, 20)
ARMS: dict[str, tuple[Ranking, Search | None]] = {
    "vectors, exact": ("vectors", "exact"),
    "vectors, HNSW": ("vectors", "hnsw"),
    "words (FTS5)": ("words", None),
    "hybrid": ("hybrid", None),
}
MOST_LOST = 0.005
"""How much of exact search's recall the graph may lose."""


def measure(embedder: Embedder) -> dict[str, Any]:
    """Build the index, or bring it up to date, and ask it all questions in every way."""
    path = folder() / "passages.db"
    index = EmbeddedIndex(path, embedder, progress=_told)
    index.mirror(passages())
    index.close()
    found: dict[str, Any] = {name: {} for name in SETS}
    for arm, (ranking, search) in ARMS.items():
        index = EmbeddedIndex(path, embedder, ranking=ranking, search=search)
        for name in SETS:
            found[name][arm] = _recalls(index, name)
        index.close()
    return found


def _recalls(index: EmbeddedIndex, name: str) -> dict[str, Any]:
    asked = questions(name)
    hits = dict.fromkeys(FIRST, 0)
    for question in asked:
        names = [hit.document for hit in index.find(question.text, max(FIRST))]
        for first in FIRST:
            hits[first] += not question.gold.isdisjoint(names[:first])
    shares = {first: wilson(count, len(asked)) for first, count in hits.items()}
    return {"questions": len(asked)} | {f"at {first}": [one.value, one.low, one.high] for first, one in shares.items()}


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table, with 95 % intervals."""
    table = [["questions", "ranking", *(f"recall@{first}" for first in FIRST)]]
    for name, arms in figures.items():
        for arm, found in arms.items():
            cells = [f"{at:.3f} [{low:.3f}, {high:.3f}]" for at, low, high in (found[f"at {first}"] for first in FIRST)]
            table.append([f"{name}, {found['questions']:,}" if arm == next(iter(ARMS)) else "", arm, *cells])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached: a graph loses next to nothing, and a hybrid is about as good as the better ranking."""
    exact, graph, worded, hybrid = ARMS
    found = []
    for name, arms in figures.items():
        for first in FIRST:
            lost = arms[exact][f"at {first}"][0] - arms[graph][f"at {first}"][0]
            found.append(Bar(f"{name}: lost by HNSW of recall@{first}", lost, most=MOST_LOST))
        better = max(arms[exact]["at 5"][0], arms[worded]["at 5"][0])
        found.append(
            Bar(f"{name}: hybrid below the better ranking, recall@5", better - arms[hybrid]["at 5"][0], most=0.01)
        )
    return found


def _told(stage: str, done: int, total: int) -> None:
    print(f"{stage}: {done:,} of {total:,}", file=sys.stderr, end="\r", flush=True)
