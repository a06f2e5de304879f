"""Generators of passes run to their end at once, for tests that share the processor with nobody."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

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


def scored(network: Network, read: Read, continuations: tuple[Tokens, ...], ends: Tokens) -> list[LogProbs]:
    """Score continuations at a desk of their own."""
    found: list[LogProbs] = finished(scoring.scored(network, PrefixCache(network, 0), read, continuations, ends))
    return found
