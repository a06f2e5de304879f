"""The prefix cache: texts in, what the network remembers of them out; no beginning is read twice.

Only memories of *read* text enter, never those made by decoding, since a single step has other last bits than a pass:
so a cached answer equals a cold one bit for bit. Texts are read in slices, and before each slice it is looked up what
others have read meanwhile: texts that are asked for together read their common beginning once. Next door:
`tree.py` keeps, `desk.py` reads.
"""

from __future__ import annotations

from collections.abc import Generator
from types import TracebackType

import numpy as np

from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.network.interface import LONGEST_PASS, Memory, Network, even
from lotterylang.world.model.prefix.desk import Behind, Desk
from lotterylang.world.model.prefix.tree import Node, PrefixTree


class Read:
    """A text that was read, and its memory in the tree, which stays there until it is released.

    Shapes: ids (n); hidden (width), the state of the last position. `cached` counts what was not computed for it.
    """

    def __init__(self, ids: Ids, hidden: Floats, cached: int, node: Node, tree: PrefixTree) -> None:
        self.ids = ids
        self.hidden = hidden
        self.cached = cached
        self.node = node
        self._tree = tree
        self._is_held = True
        tree.pin(node)

    def copy_into(self, memory: Memory, row: int, start: int = 0) -> None:
        """Copy its positions from `start` on to their places in a row of another memory."""
        self.node.copy_into(memory, row, start, len(self.ids))

    def again(self) -> Read:
        """Hold the same text once more."""
        return Read(self.ids, self.hidden, self.cached, self.node, self._tree)

    def release(self) -> None:
        """Let it go: from now on it may be evicted."""
        if self._is_held:
            self._is_held = False
            self._tree.unpin(self.node)

    def __enter__(self) -> Read:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


Reading = Generator[int, int, Read]
"""Reads a text: is sent how many positions the next slice may have, and yields how many were computed."""


class PrefixCache:
    """Memories of read texts within a budget of bytes. What is in use is kept beyond it."""

    def __init__(self, network: Network, budget_bytes: int) -> None:
        self._network = network
        self._desk = Desk(network)
        self.tree = PrefixTree(network, budget_bytes)
        self.read_tokens = 0
        self.cached_tokens = 0

    def read(self, ids: tuple[int, ...]) -> Read:
        """Read a text at once, or as much of it as no earlier text begins with. To be released after use."""
        reading = self.reading(ids)
        try:
            next(reading)
            while True:
                reading.send(LONGEST_PASS)
        except StopIteration as finished:
            read: Read = finished.value
            return read

    def reading(self, ids: tuple[int, ...], behind: Behind | None = None) -> Reading:
        """Read a text slice by slice. Yields nothing if all of it is known.

        What is to be read `behind` it is read in the pass of its last slice, if there is one and both fit into it.
        """
        text = np.array(ids, np.int64)
        found = yield from self._read_whole(text) if self._network.reads_whole else self._read_slices(text, behind)
        self.read_tokens += len(ids)
        self.cached_tokens += found.cached
        return found

    def at_desk(self, read: Read, room: int) -> tuple[Memory, int]:
        """Give a memory that begins with a read text, and the text's length; the `room` positions after it are scratch.

        It is anybody's after the next text that is read.
        """
        if self._network.reads_whole:
            self._desk.clear()
        self._desk.lay(read.ids, read.node, room)
        return self._desk.memory, len(read.ids)

    def _read_slices(self, text: Ids, behind: Behind | None) -> Reading:
        computed, held = 0, None
        try:
            node, known = self._known(text)
            most = (yield 0) if known < len(text) else 0
            while True:
                node, known = self._known(text)
                if known == len(text):
                    break
                part = text[known : known + max(1, most)]
                is_last = 0 < known == len(text) - len(part)  # a pass over nothing counts positions by itself
                fits = behind is not None and is_last and len(part) + behind.room <= LONGEST_PASS
                node, more = self._read_slice(text[:known], node, part, behind if fits else None)
                self.tree.pin(node)  # what is read so far stays, or two long texts could never both be read
                if held is not None:
                    self.tree.unpin(held)
                held = node
                computed += len(part)
                most = yield more
            assert node.hidden is not None
            return Read(text, node.hidden, len(text) - computed, node, self.tree)
        finally:
            if held is not None:
                self.tree.unpin(held)

    def _known(self, text: Ids) -> tuple[Node, int]:
        """Find what is known of a text: all of it only where the state of its end was kept."""
        node, length = self.tree.match(text)
        is_whole = length == len(text) == node.end and node.hidden is not None
        return node, length if is_whole else min(length, len(text) - 1)

    def _read_slice(self, before: Ids, node: Node, part: Ids, behind: Behind | None) -> tuple[Node, int]:
        """Read a part behind what is known; give the node of its end, and how many positions the pass had."""
        positions = len(part) + (0 if behind is None else behind.room)
        self._desk.lay(before, node, positions)
        hidden = self._desk.read(part, behind)
        return self.tree.insert(np.concatenate([before, part]), self._desk.memory, hidden), positions

    def _read_whole(self, text: Ids) -> Reading:
        """Read a text in one call into a memory of its own: what others have read of it may have other last bits."""
        yield 0
        memory = self._network.memory(1, even(len(text)))
        hidden = self._network.extend(memory, 0, [int(id) for id in text])
        yield len(text)
        return Read(text, hidden, 0, self.tree.apart(text, memory, hidden), self.tree)
