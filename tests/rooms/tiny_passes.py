"""Generators of passes run to their end at once, for tests that share the processor with nobody."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from lotterylang.world.model.network.interface import LONGEST_PASS, Network
from lotterylang.world.model.prefix.cache import PrefixCache, Read
from lotterylang.world.model.scoring import log_probs as scoring
from lotterylang.world.model.scoring.log_probs import LogProbs, Tokens


def finished(passes: Generator[int, int, Any]) -> Any:
    """Run all passes; give what they return."""
    try:
        next(passes)
        while True:
            passes.send(LONGEST_PASS)
    except StopIteration as end:
        return end.value


def apart_and_together(network: Network, ids: Tokens, known: int, wanted: tuple[Tokens, ...]) -> tuple[Any, Any]:
    """Score continuations of a text whose beginning is known: after it was read, and in one pass with its end.

    Gives twice the scores and the state of the text's end.
    """
    found = []
    for reads_alike in (False, True):
        cache = PrefixCache(network, 1 << 24)
        if known:
            cache.read(ids[:known]).release()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(network), "reads_alike", reads_alike)
            read, scores = finished(scoring.read_and_scored(network, cache, ids, wanted, (2, 0)))
        found.append((scores, read.hidden.tobytes(), finished(cache.reading(ids)).hidden.tobytes()))
    return found[0], found[1]


def scored(network: Network, read: Read, continuations: tuple[Tokens, ...], ends: Tokens) -> list[LogProbs]:
    """Score continuations at a desk of their own."""
    found: list[LogProbs] = finished(scoring.scored(network, PrefixCache(network, 0), read, continuations, ends))
    return found
