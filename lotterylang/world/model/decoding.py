"""Decoding: rows that each fill one hole, one token a row and step.

Rows join and leave between steps; a row's tokens do not depend on its neighbours (measured: bit for bit). Memories made
here are thrown away. Next door: `filling.py` makes rows and reads the replies; `engine.py` turns the crank.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from lotterylang.world.model.constraint import Constraint
from lotterylang.world.model.matcher import Matcher
from lotterylang.world.model.network.interface import Memory, Network
from lotterylang.world.model.prefix import Read
from lotterylang.world.model.sampling import Sampler, Taken
from lotterylang.world.model.tokenizer import Tokens
from lotterylang.world.model.weights.checkpoint import Floats

Outcome = Literal["complete", "cut", "impossible"]

MOST_ROWS = 16
"""Rows of a batch. More of them cost memory and, on a processor with few cores, gain nothing."""

MOST_BYTES = 1 << 30
"""Memory of a batch, beyond which no row joins; one row always may."""

_ROOM = 64  # positions that a batch's memory grows by


class Row:
    """One hole being filled: what is read, what may come, and what came. `limit` is in tokens."""

    def __init__(
        self, read: Read, constraint: Constraint, matcher: Matcher, sampler: Sampler, limit: int, tokens: Tokens
    ) -> None:
        self.read = read
        self.taken: list[Taken] = []
        self.outcome: Outcome | None = None
        self._constraint = constraint
        self._matcher = matcher
        self._sampler = sampler
        self._limit = limit
        self._tokens = tokens
        self._raw = b""

    @property
    def length(self) -> int:
        """Count the positions of its memory: what was read, and the tokens taken so far but the last."""
        return len(self.read.ids) + max(0, len(self.taken) - 1)

    @property
    def reply(self) -> str:
        """Give the reply so far; a character whose bytes are not all there is left out."""
        return self._raw.decode("utf-8", errors="ignore")

    def take(self, log_probs: Floats, ends: tuple[int, ...]) -> None:
        """Take the next token, or find that the reply is finished. Shapes: log_probs (vocabulary)."""
        legal = self._matcher.legal(len(log_probs))
        if not legal.count:
            self.outcome = "impossible"
            return
        taken = self._sampler.take(log_probs, legal)
        self.taken.append(taken)
        if taken.token in ends:
            self.outcome = "complete"
            return
        self._matcher.consume(taken.token)
        self._raw += self._tokens.raw(taken.token)
        if self._is_finished():
            self.outcome = "complete"
        elif len(self.taken) >= self._limit:
            self.outcome = "cut"

    def _is_finished(self) -> bool:
        """Tell whether what must come next, if anything, closes the reply; what must come is then part of it."""
        if self._matcher.is_stopped:
            return True
        forced = self._matcher.forced()
        if forced and (
            self._constraint.closed((self._raw + forced).decode("utf-8", errors="ignore"))
            or self._matcher.closes(forced)
        ):
            self._raw += forced
            return True
        return self._constraint.closed(self.reply)


class Batch:
    """The rows being decoded, and one memory for all of them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._rows: list[Row] = []
        self._slots: list[Row] = []  # whose memory stands where; rows that left stay until the next arrangement
        self._memory: Memory = network.memory(0, 0)

    def places(self) -> int:
        """Tell how many rows more may join, if they are no longer than those that are here."""
        if not self._rows:
            return MOST_ROWS
        longest = max(row.length for row in self._rows) + _ROOM
        fitting = MOST_BYTES // (longest * self._network.bytes_per_position)
        return max(0, min(MOST_ROWS, fitting) - len(self._rows))

    def admit(self, row: Row) -> bool:
        """Take a row's first token, which needs no step; it joins unless that finished it. Tell whether it joined."""
        row.take(self._network.log_probs(row.read.hidden[None])[0], self._network.card.ends)
        if row.outcome is None:
            self._rows.append(row)
        return row.outcome is None

    def leave(self, row: Row) -> None:
        """Let a row go that nobody waits for any more."""
        row.outcome = "cut"
        self._rows.remove(row)

    def step(self) -> list[Row]:
        """Take one token in every row; give the rows that are finished, which have left."""
        if self._must_arrange():
            self._arrange()
        room = self._memory.capacity
        lengths = np.array([min(row.length, room - 1) for row in self._slots], np.int64)
        ids = np.array([row.taken[-1].token for row in self._slots], np.int64)
        places = [place for place, row in enumerate(self._slots) if row.outcome is None]
        for place, log_probs in zip(places, self._network.step(self._memory, lengths, ids, places), strict=True):
            self._slots[place].take(log_probs, self._network.card.ends)
        finished = [row for row in self._rows if row.outcome is not None]
        self._rows = [row for row in self._rows if row.outcome is None]
        return finished

    def _must_arrange(self) -> bool:
        """Tell whether a row has no place yet, has outgrown the memory, or too few of the places are in use."""
        placed = {id(row) for row in self._slots}
        is_missing = any(id(row) not in placed for row in self._rows)
        is_full = any(row.length >= self._memory.capacity for row in self._rows)
        return is_missing or is_full or len(self._rows) * 2 <= len(self._slots)

    def _arrange(self) -> None:
        """Make a memory for the rows, with room to grow, and copy into it what they remember."""
        capacity = max(row.length for row in self._rows) + _ROOM
        memory = self._network.memory(len(self._rows), capacity)
        places = {id(row): place for place, row in enumerate(self._slots)}
        for place, row in enumerate(self._rows):
            old = places.get(id(row))
            if old is None:
                row.read.copy_into(memory, place)
            else:
                memory.copy(self._memory, old, place, row.length)
        self._slots, self._memory = list(self._rows), memory
