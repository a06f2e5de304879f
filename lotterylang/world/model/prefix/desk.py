"""The desk: the one working memory in which texts are read, whichever of them is on turn.

It knows which ids it holds. To go on with a text it keeps the beginning that the text shares with what lies there and
copies only the rest from the tree. Positions beyond are scratch. Next door: `cache.py` says what is read.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.network.interface import Memory, Network, even
from lotterylang.world.model.prefix.tree import Node, common

SPARE_BYTES = 1 << 26
"""A desk of this size is kept though shorter texts follow; one made for a longer text makes room again."""


class Behind(Protocol):
    """What is to be read in one pass with the end of a text, behind it."""

    @property
    def room(self) -> int:
        """Give the positions that it takes."""

    def read(self, memory: Memory, past: int, ids: Ids) -> Floats:
        """Read ids and what is behind them; give the state of the last id. Shapes: -> (width)."""


class Desk:
    """A memory of one row."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._ids: Ids = np.empty(0, np.int64)
        self.memory: Memory = network.memory(1, 0)

    def lay(self, ids: Ids, node: Node, room: int) -> None:
        """Lay out ids, the beginning of the text that ends in a node, with room for some positions more."""
        same = common(self._ids, ids)
        self._make_room(same, len(ids) + even(room))
        self._ids = ids[:same]
        node.copy_into(self.memory, 0, same, len(ids))
        self._ids = ids

    def clear(self) -> None:
        """Forget what lies there."""
        self._ids = self._ids[:0]

    def read(self, ids: Ids, behind: Behind | None = None) -> Floats:
        """Read ids after those that lie there; give the state of the last of them. Shapes: -> (width)."""
        past = len(self._ids)
        if behind is None:
            hidden = self._network.extend(self.memory, past, [int(id) for id in ids])
        else:
            hidden = behind.read(self.memory, past, ids)
        self._ids = np.concatenate([self._ids, ids])
        return hidden

    def _make_room(self, kept: int, wanted: int) -> None:
        capacity = self.memory.capacity
        is_wasteful = self.memory.nbytes > SPARE_BYTES and wanted * 4 < capacity
        if wanted <= capacity and not is_wasteful:
            return
        memory = self._network.memory(1, wanted if is_wasteful else max(wanted, capacity + capacity // 2))
        if kept:
            memory.copy(self.memory, 0, 0, kept)
        self.memory = memory
