"""The prefix cache: memories of prompts that were read before, so that a common beginning is not read again.

Only memories of *read* text enter, never those made by decoding, since a single step has other last bits than a pass:
so a cached answer equals a cold one bit for bit. Next door: `network.py` reads.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from lotterylang.world.model.network.interface import Ids, Memory, Network
from lotterylang.world.model.weights.checkpoint import Floats

WORTH_COPYING = 8
"""Positions below which copying a memory gains nothing over reading the text again."""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A text that was read. Shapes: ids (n); hidden (width). The memory has one row of n positions or more.

    `hidden` is the state of the last position; `cached` counts the positions that were not read anew.
    """

    ids: Ids
    memory: Memory
    hidden: Floats
    cached: int


class PrefixCache:
    """Memories of read texts within a budget of bytes; the least recently used goes first."""

    def __init__(self, network: Network, budget_bytes: int) -> None:
        self._network = network
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[bytes, Read] = OrderedDict()
        self.kept_bytes = 0

    def read(self, ids: tuple[int, ...]) -> Read:
        """Read a text, or as much of it as no earlier text begins with. The memory is shared: copy before writing."""
        key = np.array(ids, np.int64)
        same = self._kept.get(key.tobytes())
        if same is not None:
            self._kept.move_to_end(key.tobytes())
            return Read(same.ids, same.memory, same.hidden, len(ids))
        memory = self._network.memory(1, len(ids) + 1)
        cached = self._begin(key, memory)
        hidden = self._network.extend(memory, cached, list(ids[cached:]))
        read = Read(key, memory, hidden, cached)
        self._keep(read)
        return read

    def _begin(self, ids: Ids, memory: Memory) -> int:
        """Copy the longest beginning that an earlier text shares; give its length."""
        best, longest = None, 0
        for kept in self._kept.values():
            shared = _shared(kept.ids, ids)
            if shared > longest:
                best, longest = kept, shared
        longest = min(longest, len(ids) - 1)  # the last state is not kept, so it is computed
        if best is None or longest < WORTH_COPYING:
            return 0
        memory.copy(best.memory, 0, 0, longest)
        return longest

    def _keep(self, read: Read) -> None:
        if read.memory.nbytes > self._budget_bytes:
            return
        self._kept[read.ids.tobytes()] = read
        self.kept_bytes += read.memory.nbytes
        while self.kept_bytes > self._budget_bytes:
            _, dropped = self._kept.popitem(last=False)
            self.kept_bytes -= dropped.memory.nbytes


def _shared(one: Ids, other: Ids) -> int:
    length = min(len(one), len(other))
    differs = np.flatnonzero(one[:length] != other[:length])
    return int(differs[0]) if len(differs) else length
