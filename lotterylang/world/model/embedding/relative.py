"""Relative positions, as MPNet has them: how much each token looks at each other, by how far apart they are.

Source: Raffel et al., arXiv:1910.10683, section 2.1: near distances each for itself, far ones in logarithmic buckets.
Next door: `encoder.py` wires the rest.
"""

from __future__ import annotations

import numpy as np

from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.build.graph import Graph

_FARTHEST = 128
"""From this distance on all are alike."""


def wire_relative(graph: Graph, table: Floats, longest: int) -> str:
    """Wire the bias of attention. Shapes: table (buckets, heads); needs `length` (1) -> (1, heads, S, S)."""
    buckets = graph.constant("buckets", buckets_of(longest, len(table)))
    both = graph.constant("both", np.array([0, 1], np.int64))
    begin = graph.constant("corner", np.zeros(2, np.int64))
    end = graph.node("Concat", ["length", "length"], ["square"], axis=0)
    near = graph.node("Slice", [buckets, begin, end, both], ["near"])  # (S, S)
    biased = graph.node("Gather", [graph.stored("relative", table, "FLOAT"), near], ["by_token"])  # (S, S, heads)
    turned = graph.node("Transpose", [biased], ["by_head"], perm=[2, 0, 1])
    return graph.node("Unsqueeze", [turned, graph.constant("batch", np.zeros(1, np.int64))], ["bias"])


def buckets_of(longest: int, count: int) -> Ids:
    """Give the bucket of each pair of positions, half of them for what comes later. Shapes: -> (longest, longest)."""
    half, exact = count // 2, count // 4
    ahead = np.arange(longest)[None] - np.arange(longest)[:, None]  # (who looks, what is seen)
    far = np.abs(ahead)
    grown = (
        np.log(np.maximum(far, 1) / np.float32(exact), dtype=np.float32) / np.log(_FARTHEST / exact) * (half - exact)
    )
    bucket = np.where(far < exact, far, np.minimum(exact + grown.astype(np.int64), half - 1))
    found: Ids = (bucket + half * (ahead > 0)).astype(np.int64)
    return found
