"""Pruning: many continuations in, the exact log-probabilities of the two best out, and upper bounds of the others.

A continuation is never likelier than its beginning. So a beginning that is less likely than the second best whole one
is read no further, nor is anything that begins with it. What is read depends on the prompt, the continuations and the
model alone, never on time or company. Next door: `log_probs.py` reads all of them.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.network.interface import LONGEST_PASS, Memory, Network, even
from lotterylang.world.model.prefix.cache import PrefixCache, Read
from lotterylang.world.model.scoring.log_probs import Sums, Tokens, looked_up, scored
from lotterylang.world.model.scoring.trie import Trie, grown

FIRST_PASS = 64
"""Positions of the first pass, which reads the most promising continuations whole: then there is a second best."""

MOST_COLUMNS = 1024
"""Positions that are read bit by bit. Where that is not enough, what is left is read whole."""

SLACK = 1e-3
"""How far below the second best a bound must be, in nats: more than rounding to four decimals can hide."""


@dataclass(frozen=True, slots=True)
class Best:
    """The log-probability of each continuation with its end, or an upper bound of it where it is not `exact`."""

    sums: tuple[float, ...]
    exact: tuple[bool, ...]


def best(
    network: Network, prefixes: PrefixCache, read: Read, continuations: tuple[Tokens, ...], ends: Tokens
) -> Generator[int, int, Best]:
    """Find the two best of several different continuations. Yields the positions of a pass, after each."""
    search = _Search(network, read, continuations, ends)
    while True:
        nodes = search.wanted()
        if not len(nodes):
            break
        if search.columns + len(nodes) > MOST_COLUMNS:
            left = search.open()
            rest = yield from scored(network, prefixes, read, tuple(continuations[place] for place in left), ends)
            search.settle(left, [one.with_end for one in rest])
            break
        search.read(nodes)
        yield len(nodes)
    return Best(tuple(search.bounds.tolist()), tuple(search.is_exact.tolist()))


class _Search:
    """What is known of the continuations so far. `bounds` are their log-probabilities as far as they were read."""

    def __init__(self, network: Network, read: Read, continuations: tuple[Tokens, ...], ends: Tokens) -> None:
        self._network = network
        self._text = read
        self._ends = ends
        self._trie: Trie = grown(continuations)
        self._column = np.full(len(self._trie.ids), -1)  # where a node stands behind the text; -1 if it was not read
        self._sums: Sums = np.full(len(self._trie.ids), np.nan)  # of a node and those before it
        self._memory: Memory | None = None
        self._children: list[list[int]] = [[] for _ in range(len(self._trie.ids) + 1)]
        for node, parent in enumerate(self._trie.parents):
            self._children[parent + 1].append(node)
        self._whole = {path[-1]: place for place, path in enumerate(self._trie.paths) if path}
        self._known = [0] * len(continuations)  # how many tokens of each have a sum
        self.columns = 0
        self.bounds: Sums = np.zeros(len(continuations))
        self.is_exact = np.zeros(len(continuations), np.bool_)
        self._learn(np.array([-1]), read.hidden[None])

    def wanted(self) -> list[int]:
        """List the nodes that are to be read next; none when the two best are known."""
        left = self.open()
        if self.is_exact.sum() >= 2:
            found = {self._next(place) for place in left}
            likeliest = sorted(found, key=lambda node: (-self._sums[node], node))
            return sorted(likeliest[: min(LONGEST_PASS, max(1, MOST_COLUMNS - self.columns))])
        chosen: dict[int, None] = {}
        for number, place in enumerate(left):
            line = [node for node in self._trie.paths[place] if self._column[node] < 0 and node not in chosen]
            if number > 1 and len(chosen) + len(line) > FIRST_PASS:
                break
            chosen.update(dict.fromkeys(line))
        return sorted(chosen)

    def open(self) -> list[int]:
        """List the continuations that may still be among the two best, the most promising first."""
        exact = np.sort(self.bounds[self.is_exact])
        least = exact[-2] - SLACK if len(exact) >= 2 else -np.inf
        left = np.flatnonzero(~self.is_exact & (self.bounds >= least))
        return [int(place) for place in left[np.argsort(-self.bounds[left], kind="stable")]]

    def read(self, nodes: list[int]) -> None:
        """Read nodes whose parents were read or are among them."""
        memory, past = self._room(len(nodes)), len(self._text.ids)
        self._column[nodes] = np.arange(self.columns, self.columns + len(nodes))
        ids, depths = self._trie.ids[nodes], self._trie.depths[nodes]
        hidden = self._network.branch(memory, past + self.columns, ids, past + depths, self._bias(nodes))
        self.columns += len(nodes)
        self._learn(np.array(nodes), hidden)

    def settle(self, places: list[int], sums: list[float]) -> None:
        """Take over what was found out otherwise."""
        self.bounds[places], self.is_exact[places] = sums, True

    def _next(self, place: int) -> int:
        return next(node for node in self._trie.paths[place] if self._column[node] < 0)

    def _learn(self, nodes: np.ndarray, hidden: Floats) -> None:
        """Look up what follows states: the nodes' children, and ends. Shapes: nodes (n), -1 the text; (n, width)."""
        children = [child for node in nodes for child in self._children[node + 1]]
        rows = [row for row, node in enumerate(nodes) for _ in self._children[node + 1]]
        last = [row for row, node in enumerate(nodes) if node in self._whole]
        asked = np.array(rows, np.int64), self._trie.ids[np.array(children, np.int64)], np.array(last, np.int64)
        of_child, of_end = looked_up(self._network, hidden, *asked, self._ends)
        for child, log_prob in zip(children, of_child, strict=True):
            parent = self._trie.parents[child]
            self._sums[child] = log_prob + (self._sums[parent] if parent >= 0 else 0.0)
        for place in np.flatnonzero(~self.is_exact).tolist():
            self._tighten(place)
        for row, log_prob in zip(last, of_end, strict=True):
            place = self._whole[int(nodes[row])]
            self.bounds[place] += log_prob
            self.is_exact[place] = True

    def _tighten(self, place: int) -> None:
        """Take the sum of the longest beginning that is known for the bound."""
        path = self._trie.paths[place]
        known = self._known[place]
        while known < len(path) and not np.isnan(self._sums[path[known]]):
            known += 1
        self._known[place] = known
        self.bounds[place] = self._sums[path[known - 1]]

    def _bias(self, nodes: list[int]) -> Floats:
        """Hide from each node all but the text and its ancestors. Shapes: -> (n, past + columns + n)."""
        past = len(self._text.ids)
        bias = np.full((len(nodes), past + self.columns + len(nodes)), -np.inf, np.float32)
        bias[:, :past] = 0
        for row, node in enumerate(nodes):
            while node >= 0:
                bias[row, past + self._column[node]] = 0
                node = int(self._trie.parents[node])
        return bias

    def _room(self, count: int) -> Memory:
        """Give a memory that begins with the text and what was read, with room for some positions more."""
        past = len(self._text.ids)
        wanted = past + self.columns + even(count)
        if self._memory is None or self._memory.capacity < wanted:
            memory = self._network.memory(1, wanted + self.columns)
            if self._memory is None:
                self._text.copy_into(memory, 0)
            else:
                memory.copy(self._memory, 0, 0, past + self.columns)
            self._memory = memory
        return self._memory
