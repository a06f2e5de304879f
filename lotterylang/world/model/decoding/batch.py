"""The batch: rows that are decoded side by side, one token a row and step.

Rows join and leave between steps; a row's tokens do not depend on its neighbours (measured: bit for bit). The rows
stand in the first slots of one memory without a gap: the last one moves into the slot of one that leaves. What was read
stays in a slot until another text is copied there, so a row copies no more than what it does not share with the slot's
last one. Memories made by decoding are thrown away. While the network is on a step, another thread works out what each
row's grammar allows after it.
Next door: `row.py` is a row, `scheduling.py` says who joins.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.decoding.row import Row
from lotterylang.world.model.network.interface import Follows, Memory, Network, even
from lotterylang.world.model.prefix.tree import PrefixTree, common

SPARE_BYTES = 1 << 28
"""Slots that are kept while nobody is in them: making room again takes as long as some steps."""

_GROWTH = 4  # times the slots there were: what nobody stands in costs addresses, not memory
_ROOM = 64  # positions that a slot has room for at least beyond what its row remembers


class Batch:
    """The rows being decoded, and one memory for all of them."""

    def __init__(self, network: Network, tree: PrefixTree) -> None:
        self._network = network
        self._tree = tree
        self._rows: list[Row] = []  # a row's slot is its place here
        self._memory: Memory = network.slots(0, 0)
        self._lying: list[Ids] = []  # the read text that each slot begins with, whether or not a row stands there
        self._begun = (np.empty(0, np.float32), np.empty(0, np.float32))  # a state, and the log-probabilities after it
        self._aside = ThreadPoolExecutor(1, "lottery-grammars")
        self.most_rows = 0

    def __len__(self) -> int:
        return len(self._rows)

    def close(self) -> None:
        """Let the other thread end; nothing is decoded afterwards."""
        self._aside.shutdown()

    def begin(self, row: Row) -> bool:
        """Take a row's first token, which needs no step and no slot. Tell whether there is more to decode."""
        if row.read.hidden is not self._begun[0]:  # samples of one prompt begin one after another, all alike
            self._begun = (row.read.hidden, self._network.log_probs(row.read.hidden[None])[0])
        row.take(self._begun[1], self._network.card.ends)
        return row.outcome is None

    def places(self) -> int:
        """Tell how many rows more may join, if they are no longer than those that are here."""
        longest = max((row.length for row in self._rows), default=0)
        return max(0, self._fitting(longest) - len(self._rows))

    def fits(self, row: Row, instead: Row | None = None) -> bool:
        """Tell whether a row may join, if need be when another has left."""
        others = [other for other in self._rows if other is not instead]
        return len(others) < self._fitting(max(each.length for each in [*others, row]))

    def is_crowded(self) -> bool:
        """Tell whether the next token of every row has no room."""
        longest = max((row.length for row in self._rows), default=0)
        return len(self._rows) > self._fitting(longest)

    def join(self, row: Row) -> None:
        """Give a row a slot, and copy what it remembers there."""
        slot = len(self._rows)
        self._make_room(slot + 1, row.length + 1, row.longest)
        same = self._shared(slot, row.read.ids)
        self._lying[slot] = row.read.ids[:same]
        row.read.copy_into(self._memory, slot, same)
        self._lying[slot] = row.read.ids
        if row.tail is not None:
            prompt = len(row.read.ids)
            self._memory.copy(row.tail, 0, slot, row.length - prompt, 0, prompt)
            row.tail = None
        self._rows.append(row)
        self.most_rows = max(self.most_rows, len(self._rows))

    def leave(self, row: Row) -> None:
        """Let a row go."""
        slot, last = self._rows.index(row), self._rows.pop()
        if last is not row:
            same = self._shared(slot, last.read.ids)
            self._memory.copy(self._memory, len(self._rows), slot, last.length - same, same, same)
            self._lying[slot] = last.read.ids
            self._rows[slot] = last
        if not self._rows and self._memory.nbytes > SPARE_BYTES:
            self._memory, self._lying = self._network.slots(0, 0), []

    def pause(self, row: Row) -> None:
        """Let a row go that is to join again: what it remembers beyond its prompt goes with it."""
        row.tail = self._tail(row)
        self.leave(row)

    def snapshot(self, row: Row) -> Row:
        """Give a copy of a row as it is now, which may join and then goes on as the row does. To be released."""
        copied = row.copied()
        copied.tail = self._tail(row)
        return copied

    def step(self) -> list[Row]:
        """Take one token in every row, and those that must come before it; give the finished rows, which have left."""
        self._read_runs()
        finished = self._finished()
        if self._rows:
            self._step()
            finished += self._finished()
        return finished

    def _step(self) -> None:
        lengths = np.array([row.length for row in self._rows], np.int64)
        self._make_room(len(self._rows), int(lengths.max()) + 1)
        ids = np.array([row.taken[-1].token for row in self._rows], np.int64)
        ahead = self._aside.submit(_prepare, list(self._rows))
        try:
            found = self._network.step(self._memory, lengths, ids, list(range(len(self._rows))))
        finally:
            ahead.result()
        for row, log_probs in zip(self._rows, found, strict=True):
            self._take(row, [log_probs])

    def _read_runs(self) -> None:
        """Read tokens that must come in one pass of the row alone, and take the one after them."""
        if not isinstance(self._network, Follows):
            return
        shape, ends = self._network.card.architecture, self._network.card.ends
        for slot, row in enumerate(self._rows):
            while row.outcome is None and (run := row.run(shape.vocabulary, ends)):
                ids = [row.taken[-1].token, *run]
                self._make_room(len(self._rows), row.length + even(len(ids)))
                self._take(row, list(self._network.follow(self._memory, slot, row.length, ids)))

    def _take(self, row: Row, found: list[Floats]) -> None:
        """Take tokens in a row until it is finished. What goes wrong concerns this row alone."""
        try:
            for log_probs in found:
                row.take(log_probs, self._network.card.ends)
                if row.outcome is not None:
                    break
        except Exception as defect:
            row.defect, row.outcome = defect, "impossible"

    def _finished(self) -> list[Row]:
        """Let finished rows go; give them."""
        finished = [row for row in self._rows if row.outcome is not None]
        for row in finished:
            self.leave(row)
        return finished

    def _fitting(self, longest: int) -> int:
        """Tell how many rows of a length fit: one always does."""
        left = self._network.most_bytes - self._tree.pinned_bytes
        return max(1, min(self._network.most_rows, left // ((longest + 1) * self._network.bytes_per_slot_position)))

    def _tail(self, row: Row) -> Memory | None:
        prompt = len(row.read.ids)
        count = row.length - prompt
        if not count:
            return None
        tail = self._network.slots(1, count)
        tail.copy(self._memory, self._rows.index(row), 0, count, prompt)
        return tail

    def _shared(self, slot: int, ids: Ids) -> int:
        """Count the positions of a text that lie at the beginning of a slot already, with the bits they would have."""
        return 0 if self._network.reads_whole else common(self._lying[slot], ids)

    def _make_room(self, rows: int, length: int, most: int = 0) -> None:
        """See that there are slots for rows of a length: in larger steps as far as memory allows.

        `most` is what a row that is about to join may come to need.
        """
        longest = max([length, *(row.length + 1 for row in self._rows)])
        slots, capacity = len(self._lying), self._memory.capacity
        if rows <= slots and longest <= capacity:
            return
        if rows > slots:
            slots = min(self._network.most_rows, max(rows, _GROWTH * max(1, slots)))
        if longest > capacity or capacity > 4 * (longest + _ROOM):
            enough = max([most, *(row.longest for row in self._rows)]) + _ROOM
            capacity = max(longest, min(longest + max(_ROOM, longest // 2), enough))
        if slots * capacity * self._network.bytes_per_slot_position > self._network.most_bytes:
            capacity = longest + _ROOM
            slots = max(
                rows, min(slots, self._network.most_bytes // (capacity * self._network.bytes_per_slot_position))
            )
        memory = self._network.slots(slots, capacity)
        for slot, row in enumerate(self._rows):
            memory.copy(self._memory, slot, slot, row.length)
        nothing = np.empty(0, np.int64)
        self._lying = [self._rows[slot].read.ids if slot < len(self._rows) else nothing for slot in range(slots)]
        self._memory = memory


def _prepare(rows: list[Row]) -> None:
    """Work out what may come next in rows whose next token is not yet taken."""
    for row in rows:
        row.prepare()
