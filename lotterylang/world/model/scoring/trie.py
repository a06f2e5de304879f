"""The trie of several continuations: token lists in, one row of positions that reads them all at once out.

Continuations share their common beginnings; each position sees the text before and its own ancestors, nothing else.
Sorted first, so the order in which options are listed does not matter. Next door: `log_probs.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lotterylang.world.model.arrays import Floats, Ids


@dataclass(frozen=True, slots=True, eq=False)
class Trie:
    """Nodes in an order in which parents come first.

    Shapes: ids, depths, parents (n), where parent -1 is the end of the text before. `paths` has the nodes of each
    continuation, in the order in which they were given.
    """

    ids: Ids
    depths: Ids
    parents: Ids
    paths: tuple[tuple[int, ...], ...]

    def after(self, ids: Ids) -> Trie:
        """Give the trie of which every path begins with some ids: one node each, before all others."""
        count = len(ids)
        parents = np.concatenate([np.arange(-1, count - 1), self.parents + count])
        paths = tuple((*range(count), *(node + count for node in path)) for path in self.paths)
        return Trie(
            np.concatenate([ids, self.ids]), np.concatenate([np.arange(count), self.depths + count]), parents, paths
        )

    def bias(self, past: int) -> Floats:
        """Give what hides from each node all but the text before and its ancestors. Shapes: -> (n, past + n)."""
        count = len(self.ids)
        bias = np.full((count, past + count), -np.inf, np.float32)
        bias[:, :past] = 0
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                bias[node] = bias[parent]
            bias[node, past + node] = 0
        return bias


def grown(continuations: tuple[tuple[int, ...], ...]) -> Trie:
    """Grow the trie of several continuations, equal ones and empty ones included."""
    nodes: dict[tuple[int, ...], int] = {}
    parents: list[int] = []
    for continuation in sorted(set(continuations)):
        for depth in range(len(continuation)):
            path = continuation[: depth + 1]
            if path not in nodes:
                parents.append(nodes.get(path[:-1], -1))
                nodes[path] = len(nodes)
    return Trie(
        ids=np.array([path[-1] for path in nodes], np.int64),
        depths=np.array([len(path) - 1 for path in nodes], np.int64),
        parents=np.array(parents, np.int64),
        paths=tuple(tuple(nodes[ids[: depth + 1]] for depth in range(len(ids))) for ids in continuations),
    )
