"""Types as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Node, node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Expr


@node
class TypeName(Node):
    """`text`, `Answer`, `list<int>`."""

    name: str
    arguments: tuple[Type, ...] = ()


@node
class TypeLiteral(Node):
    """`"a"`: the type of that one text."""

    value: str


@node
class TypeTuple(Node):
    """`(text, int)`."""

    items: tuple[Type, ...]


@node
class TypeFn(Node):
    """`fn(int) -> text`, for parameters only."""

    params: tuple[Type, ...]
    result: Type


@node
class TypeMaybe(Node):
    """`T?`."""

    item: Type


@node
class TypeUnion(Node):
    """`"a" | "b"`."""

    options: tuple[Type, ...]


Type = TypeName | TypeLiteral | TypeTuple | TypeFn | TypeMaybe | TypeUnion


@node
class Refined(Node):
    """A type and what must hold of its values."""

    type: Type
    where: Expr | None = None
