"""The tree of read texts: a radix tree whose nodes hold a run of ids and what the network remembers of that run.

Texts with a common beginning share its nodes, so a beginning is kept once. A *pinned* path is in use and stays; of the
rest the leaf that was used least recently goes first. Not thread-safe. Next door: `cache.py` reads texts with it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lotterylang.world.model.arrays import Floats, Ids
from lotterylang.world.model.network.interface import Memory, Network


class Node:
    """A run of ids after its parent's. `hidden` is the state after the last of them, where it is known.

    A split makes a new node of the beginning: the old one stays the end, so who holds an end still holds it.
    """

    __slots__ = ("children", "hidden", "ids", "memory", "parent", "pins", "start", "used")

    def __init__(self, ids: Ids, start: int, memory: Memory | None, hidden: Floats | None, parent: Node | None) -> None:
        self.ids = ids
        self.start = start  # the position of the first id in the text
        self.memory = memory  # of one row; None at the root alone
        self.hidden = hidden
        self.parent = parent
        self.children: dict[int, Node] = {}
        self.pins = 0
        self.used = 0

    @property
    def end(self) -> int:
        """Give the length of the text that ends here."""
        return self.start + len(self.ids)

    @property
    def nbytes(self) -> int:
        """Give its size in bytes."""
        kept = self.memory.nbytes if self.memory is not None else 0
        return kept + (self.hidden.nbytes if self.hidden is not None else 0)

    def path(self) -> list[Node]:
        """List the nodes of the text that ends here, the first run first."""
        found: list[Node] = []
        node = self
        while node.parent is not None:
            found.append(node)
            node = node.parent
        return found[::-1]

    def copy_into(self, memory: Memory, row: int, start: int, end: int) -> None:
        """Copy the positions from `start` to `end` of the text that ends here to their places in a row."""
        for node in self.path():
            first, last = max(start, node.start), min(end, node.end)
            if first < last:
                memory.copy(node.memory, 0, row, last - first, first - node.start, first)


class PrefixTree:
    """Memories of read texts. `kept_bytes` is what all nodes hold, `pinned_bytes` what of it can't be let go."""

    def __init__(self, network: Network, budget_bytes: int) -> None:
        self._network = network
        self._budget_bytes = budget_bytes
        self._root = Node(np.empty(0, np.int64), 0, None, None, None)
        self._uses = 0
        self.kept_bytes = 0
        self.pinned_bytes = 0
        self.evicted_tokens = 0

    def match(self, ids: Ids) -> tuple[Node, int]:
        """Find the longest beginning of a text that is here: the node in which it ends, and its length."""
        self._uses += 1
        node, length = self._root, 0
        while length < len(ids):
            child = node.children.get(int(ids[length]))
            if child is None:
                break
            shared = common(child.ids, ids[length:])
            node, length = child, length + shared
            node.used = self._uses
            if shared < len(child.ids):
                break
        return node, length

    def insert(self, ids: Ids, memory: Memory, hidden: Floats | None) -> Node:
        """Keep a text that stands in the first row of a memory, as far as it is not here; give the node of its end."""
        node, length = self.match(ids)
        if length < node.end:
            node = self._split(node, length)
        if length < len(ids):
            run = self._network.compact(len(ids) - length)
            run.copy(memory, 0, 0, len(ids) - length, length)
            node = self._add(Node(ids[length:].copy(), length, run, None, node))
        if hidden is not None and node.hidden is None and node is not self._root:
            self.kept_bytes += hidden.nbytes
            self.pinned_bytes += hidden.nbytes if node.pins else 0
            node.hidden = hidden
        return node

    def apart(self, ids: Ids, memory: Memory, hidden: Floats) -> Node:
        """Give a node of a text that nobody else will find."""
        return Node(ids, 0, memory, hidden, Node(np.empty(0, np.int64), 0, None, None, None))

    def pin(self, node: Node) -> None:
        """See that the text that ends in a node stays here; what is beyond the budget and not pinned goes."""
        for each in node.path():
            each.pins += 1
            if each.pins == 1:
                self.pinned_bytes += each.nbytes
        self._evict()

    def unpin(self, node: Node) -> None:
        """Take back what `pin` said once."""
        for each in node.path():
            each.pins -= 1
            if not each.pins:
                self.pinned_bytes -= each.nbytes
        self._evict()

    def _evict(self) -> None:
        """Let leaves go, the least recently used first, until the budget is kept or all that is left is in use."""
        while self.kept_bytes > self._budget_bytes:
            leaves = [node for node in self.nodes() if not node.children and not node.pins]
            if not leaves:
                return
            self._drop(min(leaves, key=lambda node: node.used))

    def nodes(self) -> Iterator[Node]:
        """Yield all nodes but the root, parents first."""
        waiting = list(self._root.children.values())
        while waiting:
            node = waiting.pop()
            waiting += node.children.values()
            yield node

    def _add(self, node: Node) -> Node:
        assert node.parent is not None
        node.parent.children[int(node.ids[0])] = node
        node.used = self._uses
        self.kept_bytes += node.nbytes
        return node

    def _drop(self, leaf: Node) -> None:
        assert leaf.parent is not None
        del leaf.parent.children[int(leaf.ids[0])]
        self.kept_bytes -= leaf.nbytes
        self.evicted_tokens += len(leaf.ids)

    def _split(self, node: Node, end: int) -> Node:
        """Make a node of a node's beginning, up to a position of the text; give it. The rest stays with the node."""
        before, cut = node.nbytes, end - node.start
        upper = Node(node.ids[:cut], node.start, self._part(node, 0, cut), None, node.parent)
        node.memory = self._part(node, cut, len(node.ids))
        node.ids, node.start, node.parent = node.ids[cut:], end, upper
        assert upper.parent is not None
        upper.parent.children[int(upper.ids[0])] = upper
        upper.children = {int(node.ids[0]): node}
        upper.pins, upper.used = node.pins, node.used
        more = upper.nbytes + node.nbytes - before
        self.kept_bytes += more
        self.pinned_bytes += more if node.pins else 0
        return upper

    def _part(self, node: Node, start: int, end: int) -> Memory:
        part = self._network.compact(end - start)
        part.copy(node.memory, 0, 0, end - start, start)
        return part


def common(one: Ids, other: Ids) -> int:
    """Count the ids that two texts begin with alike."""
    length = min(len(one), len(other))
    differs = np.flatnonzero(one[:length] != other[:length])
    return int(differs[0]) if len(differs) else length
