"""Fusion: two rankings in, one out, by reciprocal ranks. Next door: `index.py` ranks by vectors and by words."""

from __future__ import annotations

from collections.abc import Sequence

RANK_CONSTANT = 10
"""How little the first ranks differ. Source: Cormack, Clarke and Büttcher, SIGIR 2009, who take 60."""

NEARNESS, WORDS = 0.6, 0.4
"""What each ranking weighs. With these a passage that answers is among the first five for 97.2 % of nq's questions and
99.8 % of popqa's; with 60 and equal weights for 95.3 % and 99.8 % (`bench/knowledge/`)."""

SAME = 0.99999
"""A cosine from which on a passage says what the query says."""


def depth(count: int) -> int:
    """Tell how many of each ranking are fused."""
    return max(4 * count, 50)


def fused(
    near: Sequence[tuple[int, float]], worded: Sequence[tuple[int, float]], count: int
) -> list[tuple[int, float]]:
    """Give the best of two rankings of chunks. A score is 1 where both rank a chunk first, and at most that.

    Of two and more, the first of each ranking is always given: as the last one where its sum of ranks would leave it
    out. A passage that says what the query says comes first.
    """
    places = {chunk: place for place, (chunk, _) in reversed([*enumerate([*near, *worded])])}
    scores: dict[int, float] = {}
    for ranking, weight in ((near, NEARNESS), (worded, WORDS)):
        for rank, (chunk, _) in enumerate(ranking, 1):
            scores[chunk] = scores.get(chunk, 0.0) + weight * (RANK_CONSTANT + 1) / (RANK_CONSTANT + rank)
    best = sorted(scores, key=lambda chunk: (-round(scores[chunk], 9), places[chunk]))
    if near and near[0][1] >= SAME:
        best.remove(near[0][0])
        best.insert(0, near[0][0])
    kept = best[:count]
    firsts = [ranking[0][0] for ranking in (near, worded) if ranking and count >= 2]
    for first in firsts:
        if first not in kept:
            out = next(chunk for chunk in reversed(kept) if chunk not in firsts)
            kept.remove(out)
            kept.append(first)
    return [(chunk, round(scores[chunk], 6)) for chunk in kept]
