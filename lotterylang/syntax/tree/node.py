"""What every node has, and the short names that nodes share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar, cast, dataclass_transform

from lotterylang.syntax.source import Span

Class = TypeVar("Class", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: Class) -> Class:
    """Make a class of nodes: a frozen dataclass that compares and shows itself as `Node` does.

    One comparison for all, instead of one compiled for each of a hundred classes, makes `lot check` begin sooner.
    """
    return cast("Class", dataclass(frozen=True, slots=True, eq=False, repr=False)(cls))


@node
class Node:
    """A part of a program and its place in the source. Nodes compare by structure; spans do not count."""

    span: Span = field(compare=False, repr=False)

    def _made_of(self) -> tuple[Any, ...]:
        """Give what the node is made of, its span left out."""
        return tuple(getattr(self, name) for name in self.__dataclass_fields__ if name != "span")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node) or type(self) is not type(other):
            return NotImplemented
        return self is other or self._made_of() == other._made_of()

    def __hash__(self) -> int:
        return hash((type(self), self._made_of()))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__ if name != "span")
        return f"{type(self).__name__}({', '.join(shown)})"


Binder = tuple[str, ...]
"""One name, or the names that a tuple is taken apart into."""
