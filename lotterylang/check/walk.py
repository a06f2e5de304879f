"""Every node below a node, without recursion. For passes that look for something and do not care where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import Any

from lotterylang.syntax import tree
from lotterylang.syntax.tree import Node


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name != "span")


def children(node: Any) -> list[Any]:
    """List what a node, or a tuple of nodes, is made of."""
    if isinstance(node, tuple):
        return list(node)
    if not isinstance(node, Node):
        return []
    kind: Any = type(node)
    return [getattr(node, name) for name in _names(kind)]


def below(node: Any, *, but_not: tuple[type, ...] = ()) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the source; nothing inside the classes of `but_not`."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Node):
            yield part
        if not isinstance(part, but_not) or part is node:
            waiting += reversed(children(part))


def constant_text(node: object) -> str | None:
    """Give the text of a literal without values in it."""
    if not isinstance(node, tree.Text):
        return None
    pieces = [part.text for part in node.parts if isinstance(part, tree.Piece)]
    return "".join(pieces) if len(pieces) == len(node.parts) else None
