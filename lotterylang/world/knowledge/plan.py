"""The plan of a search by vectors: exact or by a graph, and why. Next door: `index.py` follows it and tells it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from typing import Literal

Search = Literal["exact", "hnsw"]

EXACT_NUMBERS = 4_000_000
"""Exact search reads every number of every vector; up to so many (10,400 vectors of 384) it is as fast as a graph.

A count and no stopwatch decides, so that the same index gives the same answer every time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How vectors are searched, and why so, in words."""

    search: Search
    why: str


@cache
def has_graphs() -> bool:
    """Tell whether hnswlib is installed."""
    return importlib.util.find_spec("hnswlib") is not None


def plan(vectors: int, dimension: int, *, chosen: int | None = None, forced: Search | None = None) -> Plan:
    """Choose for one search. `chosen` is how many vectors metadata leaves; a graph can't leave any out."""
    if forced == "exact":
        return Plan("exact", "exact search was asked for")
    if chosen is not None:
        return Plan("exact", f"metadata leaves {chosen:,} of {vectors:,} vectors, and a graph would look at all")
    if not has_graphs():
        return Plan("exact", "hnswlib is not installed, which searches faster where there are many")
    if forced == "hnsw":
        return Plan("hnsw", "search by a graph was asked for")
    if vectors * dimension <= EXACT_NUMBERS:
        return Plan("exact", f"{vectors:,} vectors are so few that nothing is faster")
    return Plan("hnsw", f"of {vectors:,} vectors a graph looks at a few, and finds nearly all of the nearest")
