"""Which declarations speak of which, and an order in which each comes after what it speaks of.

No recursion: a chain of declarations may be as long as a file allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lotterylang.check.walk import below
from lotterylang.syntax import tree

Graph = Mapping[str, tuple[str, ...]]
"""For each name, the names that it speaks of, in the order of the source."""


def names_in(node: object) -> Iterator[str]:
    """Yield the names of values that a node speaks of."""
    for part in below(node, but_not=(tree.Hole,)):
        if isinstance(part, tree.Name):
            yield part.name
        elif isinstance(part, tree.Divide):
            yield part.solver
        elif isinstance(part, tree.Hole):  # in its `where` the name of a hole is the hole
            yield from (name for name in names_in(part.type) if name != part.name)


def types_in(node: object) -> Iterator[str]:
    """Yield the names of types that a node speaks of."""
    for part in below(node):
        if isinstance(part, tree.TypeName):
            yield part.name


def graph_of(nodes: Mapping[str, object], *, of_types: bool = False) -> Graph:
    """Draw who speaks of whom among these nodes."""
    mentions = types_in if of_types else names_in
    return {
        name: tuple(dict.fromkeys(other for other in mentions(node) if other in nodes)) for name, node in nodes.items()
    }


def groups(graph: Graph) -> list[list[str]]:
    """List the names, each after all that it speaks of; those that speak of one another in a circle stand together.

    Source: Tarjan 1972, strongly connected components, with a stack of its own.
    """
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_names: list[str] = []
    is_open: set[str] = set()
    found: list[list[str]] = []
    for root in graph:
        if root in number:
            continue
        path = [(root, iter(graph[root]))]
        number[root] = lowest[root] = len(number)
        open_names.append(root)
        is_open.add(root)
        while path:
            name, others = path[-1]
            following = next(others, None)
            if following is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[name])
                if lowest[name] == number[name]:
                    found.append(_closed(name, open_names, is_open))
            elif following not in number:
                number[following] = lowest[following] = len(number)
                open_names.append(following)
                is_open.add(following)
                path.append((following, iter(graph[following])))
            elif following in is_open:
                lowest[name] = min(lowest[name], number[following])
    return found


def _closed(name: str, open_names: list[str], is_open: set[str]) -> list[str]:
    group: list[str] = []
    while not group or group[-1] != name:
        group.append(open_names.pop())
        is_open.discard(group[-1])
    return group[::-1]


def is_circle(group: list[str], graph: Graph) -> bool:
    """Tell whether the names of a group speak of themselves, directly or through one another."""
    return len(group) > 1 or group[0] in graph[group[0]]
