"""Types as written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Expr


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """`text`, `Answer`, `list<int>`."""

    name: str
    arguments: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeLiteral(Node):
    """`"a"`: the type of that one text."""

    value: str


@dataclass(frozen=True, slots=True)
class TypeTuple(Node):
    """`(text, int)`."""

    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class TypeFn(Node):
    """`fn(int) -> text`, for parameters only."""

    params: tuple[Type, ...]
    result: Type


@dataclass(frozen=True, slots=True)
class TypeMaybe(Node):
    """`T?`."""

    item: Type


@dataclass(frozen=True, slots=True)
class TypeUnion(Node):
    """`"a" | "b"`."""

    options: tuple[Type, ...]


Type = TypeName | TypeLiteral | TypeTuple | TypeFn | TypeMaybe | TypeUnion


@dataclass(frozen=True, slots=True)
class Refined(Node):
    """A type and what must hold of its values."""

    type: Type
    where: Expr | None = None
