"""Scoring: what was read and some continuations in, the log-probabilities of their tokens and of their ends out.

One pass reads all continuations as a trie (`trie.py`) over the memory of the prompt; nothing is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotterylang.world.model.network.interface import LONGEST_HEAD, LONGEST_PASS, Network, even
from lotterylang.world.model.prefix import Read
from lotterylang.world.model.trie import Trie, grown
from lotterylang.world.model.weights.checkpoint import Floats

Tokens = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LogProbs:
    """Log-probabilities of one continuation: of each of its tokens, and of ending after them. Units: nats."""

    tokens: tuple[float, ...]
    end: float

    @property
    def with_end(self) -> float:
        """Give the log-probability of the whole, its end included."""
        return sum(self.tokens) + self.end


def scored(network: Network, read: Read, continuations: tuple[Tokens, ...], ends: Tokens) -> list[LogProbs]:
    """Score continuations of a text; `ends` are the tokens any of which is an end.

    Cost: one pass over the different beginnings of the continuations, and the head for each of them.
    """
    found: dict[Tokens, LogProbs] = {}
    for group in _groups(continuations):
        trie = grown(group)
        states = _states(network, read, trie)  # (1 + n, width); row 0 is the end of the text before
        found.update(zip(group, _read_off(network, states, trie, ends), strict=True))
    return [found[continuation] for continuation in continuations]


def _groups(continuations: tuple[Tokens, ...]) -> list[tuple[Tokens, ...]]:
    """Split the different continuations into groups of neighbours, each small enough for one pass."""
    groups: list[tuple[Tokens, ...]] = []
    group: list[Tokens] = []
    size = 0
    for continuation in sorted(set(continuations)):
        new = len(continuation) - _common(group[-1] if group else (), continuation)
        if group and size + new > LONGEST_PASS:
            groups.append(tuple(group))
            group, size, new = [], 0, len(continuation)
        group.append(continuation)
        size += new
    return [*groups, tuple(group)]


def _common(one: Tokens, other: Tokens) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _states(network: Network, read: Read, trie: Trie) -> Floats:
    count, past = len(trie.ids), len(read.ids)
    if not count:
        return read.hidden[None]
    memory = network.memory(1, past + even(count))
    read.copy_into(memory, 0)
    hidden = network.branch(memory, past, trie.ids, past + trie.depths, trie.bias(past))
    return np.concatenate([read.hidden[None], hidden])


def _read_off(network: Network, states: Floats, trie: Trie, ends: Tokens) -> list[LogProbs]:
    """Look up the log-probability of every node after its parent, and of an end after every node."""
    of_node = np.zeros(len(trie.ids))
    of_end = np.zeros(len(states))
    after = trie.parents + 1  # the row of `states` that predicts the node
    for start in range(0, len(states), LONGEST_HEAD):
        log_probs = network.log_probs(states[start : start + LONGEST_HEAD])
        nodes = np.flatnonzero((after >= start) & (after < start + len(log_probs)))
        of_node[nodes] = log_probs[after[nodes] - start, trie.ids[nodes]]
        of_end[start : start + len(log_probs)] = _log_sum(log_probs[:, list(ends)])
    return [
        LogProbs(tuple(float(of_node[node]) for node in path), float(of_end[path[-1] + 1 if path else 0]))
        for path in trie.paths
    ]


def _log_sum(values: Floats) -> Floats:
    """Add probabilities given by their logarithms. Shapes: (n, k) -> (n)."""
    highest = values.max(axis=1)
    total: Floats = highest + np.log(np.exp(values - highest[:, None]).sum(axis=1))
    return total
