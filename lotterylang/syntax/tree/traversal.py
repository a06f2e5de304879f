"""Walks over a tree that never recurse, whatever its depth.

Enters: a node or a whole module. Leaves: its parts, or all nodes below it. Next door: `node.py` has the class of all.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any, cast

from lotterylang.syntax.tree.node import Node


@cache
def _content(kind: Any) -> tuple[str, ...]:
    """Give the names of the fields that can hold nodes."""
    return tuple(f.name for f in fields(kind) if f.compare)


def parts(whole: Any) -> Iterator[Node]:
    """Give the nodes directly in a node or module, in the order of its fields."""
    waiting = [getattr(whole, name) for name in reversed(_content(cast("Hashable", type(whole))))]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            waiting += reversed(value)


def walk(whole: Any) -> Iterator[Node]:
    """Give all nodes below a node or module, and then the node itself: parts before the whole, from left to right."""
    waiting = [(whole, False)]
    while waiting:
        node, entered = waiting.pop()
        if entered:
            yield node
            continue
        if isinstance(node, Node):
            waiting.append((node, True))
        waiting += [(part, False) for part in reversed(list(parts(node)))]
