"""Scoring: what was read and some continuations in, the log-probabilities of their tokens and of their ends out.

One pass reads all continuations as a trie (`trie.py`) behind the prompt, at the desk where it was read; nothing is
sampled. Next door: `pruning.py` reads no more of many continuations than it takes to find the best.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.network.interface import LONGEST_HEAD, LONGEST_PASS, Memory, Network
from lotterylang.world.model.prefix.cache import PrefixCache, Read
from lotterylang.world.model.scoring.trie import Trie, grown

Tokens = tuple[int, ...]
Sums = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogProbs:
    """Log-probabilities of one continuation: of each of its tokens, and of ending after them. Units: nats."""

    tokens: tuple[float, ...]
    end: float

    @property
    def with_end(self) -> float:
        """Give the log-probability of the whole, its end included."""
        return sum(self.tokens) + self.end


class Continuations:
    """The different continuations of a text, in groups of neighbours, each of which one pass reads as a trie.

    The first group may be read behind the text in one pass with its end: as `Behind` of `prefix/desk.py`.
    """

    def __init__(self, network: Network, continuations: tuple[Tokens, ...], ends: Tokens) -> None:
        self._network = network
        self._all, self._ends = continuations, ends
        cut = 0 if ends else 1
        self._groups = _groups(continuations)
        self._tries = [grown(tuple(one[: len(one) - cut] for one in group)) for group in self._groups]
        self._states: Floats | None = None  # of the first trie, where it was read behind its text

    @property
    def room(self) -> int:
        """Count the positions of the first trie."""
        return len(self._tries[0].ids)

    def read(self, memory: Memory, past: int, ids: Ids) -> Floats:
        """Read ids and the first trie behind them; give the state of the last id. Shapes: -> (width)."""
        whole = self._tries[0].after(ids)
        hidden = self._network.branch(memory, past, whole.ids, past + whole.depths, whole.bias(past))
        self._states = hidden[len(ids) :]
        last: Floats = hidden[len(ids) - 1]
        return last

    def log_probs(self, prefixes: PrefixCache, read: Read) -> Generator[int, int, list[LogProbs]]:
        """Score all of them behind a text that was read. Yields the positions of a pass, after each."""
        found: dict[Tokens, LogProbs] = {}
        for number, (group, trie) in enumerate(zip(self._groups, self._tries, strict=True)):
            states, positions = self._behind(prefixes, read, number)
            found.update(zip(group, _read_off(self._network, states, trie, group, self._ends), strict=True))
            yield positions
        return [found[continuation] for continuation in self._all]

    def _behind(self, prefixes: PrefixCache, read: Read, number: int) -> tuple[Floats, int]:
        """Give the states of a trie's nodes behind a text that was read, and how many positions that took now.

        Shapes: -> (1 + n, width), of which the first is the end of the text.
        """
        trie = self._tries[number]
        if not len(trie.ids):
            return read.hidden[None], 0
        if number == 0 and self._states is not None:
            return np.concatenate([read.hidden[None], self._states]), 0
        memory, past = prefixes.at_desk(read, len(trie.ids))
        hidden = self._network.branch(memory, past, trie.ids, past + trie.depths, trie.bias(past))
        return np.concatenate([read.hidden[None], hidden]), len(trie.ids)


def read_and_scored(
    network: Network, prefixes: PrefixCache, ids: Tokens, continuations: tuple[Tokens, ...], ends: Tokens
) -> Generator[int, int, tuple[Read, list[LogProbs]]]:
    """Read a text and score its continuations: what is left of the text and the continuations in one pass if they fit.

    Errors and yields: as `scored`. What was read is to be released.
    """
    wanted = Continuations(network, continuations, ends)
    read = yield from prefixes.reading(ids, wanted if network.reads_alike and wanted.room else None)
    try:
        return read, (yield from wanted.log_probs(prefixes, read))
    except BaseException:
        read.release()
        raise


def scored(
    network: Network, prefixes: PrefixCache, read: Read, continuations: tuple[Tokens, ...], ends: Tokens
) -> Generator[int, int, list[LogProbs]]:
    """Score continuations of a text; `ends` are the tokens any of which is an end. Without any the end is not scored.

    Yields the positions of a pass, after each. Cost: a pass over the different beginnings of the continuations (256 at
    a time), and the head for each of them; the whole ones are read only for their ends.
    """
    return (yield from Continuations(network, continuations, ends).log_probs(prefixes, read))


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


def _read_off(network: Network, states: Floats, trie: Trie, group: tuple[Tokens, ...], ends: Tokens) -> list[LogProbs]:
    """Look up the log-probability of every token after those before it, and of an end after each continuation."""
    before = [[0, *(node + 1 for node in path)] for path in trie.paths]  # rows of `states`, by number of tokens
    rows = np.array([row for path, ids in zip(before, group, strict=True) for row in path[: len(ids)]], np.int64)
    ids = np.array([id for ids in group for id in ids], np.int64)
    last = np.array([path[len(ids)] for path, ids in zip(before, group, strict=True)] if ends else [], np.int64)
    of_token, of_end = looked_up(network, states, rows, ids, last, ends)
    stops = np.cumsum([len(ids) for ids in group])
    return [
        LogProbs(tuple(of_token[stop - len(ids) : stop].tolist()), float(of_end[place]) if ends else 0.0)
        for place, (stop, ids) in enumerate(zip(stops, group, strict=True))
    ]


def looked_up(network: Network, states: Floats, rows: Ids, ids: Ids, last: Ids, ends: Tokens) -> tuple[Sums, Sums]:
    """Give the log-probabilities of some tokens and of ending, each after the state in some row.

    Shapes: states (s, width); rows, ids (n); last (m) -> (n), (m). Cost: the head for every state that is asked.
    """
    of_token, of_end = np.zeros(len(rows)), np.zeros(len(last))
    asked = np.unique(np.concatenate([rows, last]))
    for start in range(0, len(asked), LONGEST_HEAD):
        part = asked[start : start + LONGEST_HEAD]
        log_probs = network.log_probs(states[part])
        here = np.flatnonzero(np.isin(rows, part))
        of_token[here] = log_probs[np.searchsorted(part, rows[here]), ids[here]]
        here = np.flatnonzero(np.isin(last, part))
        if len(here):
            of_end[here] = _log_sum(log_probs[np.searchsorted(part, last[here])[:, None], np.array(ends)])
    return of_token, of_end


def _log_sum(values: Floats) -> Floats:
    """Add probabilities given by their logarithms. Shapes: (n, k) -> (n)."""
    highest = values.max(axis=1)
    total: Floats = highest + np.log(np.exp(values - highest[:, None]).sum(axis=1))
    return total
