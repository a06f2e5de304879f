"""Values and operators: expressions that touch nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from lotterylang.syntax.tree.node import Node, node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Block, Expr, Refined


@node
class Name(Node):
    """`question`."""

    name: str


@node
class TypeValue(Node):
    """`Route` as a value: the constructor of a record, or the cases of an enum."""

    name: str


@node
class Number(Node):
    """`42` or `0.5`, exact."""

    value: int | Fraction


@node
class Constant(Node):
    """`true`, `false` or `none`."""

    value: bool | None


@node
class Piece(Node):
    """Literal text, escapes resolved and dedented."""

    text: str


@node
class Value(Node):
    """`${expr}`."""

    value: Expr


@node
class Hole(Node):
    """`@{name: type where …, stop "…", max N tokens, lines}`."""

    name: str
    type: Refined
    stops: tuple[str, ...] = ()
    max_tokens: int | None = None
    lines: bool = False


@node
class RoleLine(Node):
    """`user:` at the start of a line: a new turn begins."""

    role: Literal["system", "user", "assistant"]


@node
class Text(Node):
    """`"…"`, or `\"""…\"""` if `long`."""

    parts: tuple[Piece | Value | Hole | RoleLine, ...]
    long: bool = False


@node
class List(Node):
    """`[1, 2, ..rest]`."""

    items: tuple[Expr | Spread, ...]


@node
class Map(Node):
    """`{ "a": 1 }`, `{:}`."""

    pairs: tuple[tuple[Expr, Expr], ...]


@node
class Tuple(Node):
    """`(a, b)`."""

    items: tuple[Expr, ...]


@node
class Spread(Node):
    """`..rest` in a list or in a call."""

    value: Expr


@node
class NamedArg(Node):
    """`by = v => v.score`."""

    name: str
    value: Expr | Lambda


@node
class Lambda(Node):
    """`v => v.score`, as an argument only."""

    param: str
    body: Expr | Block


@node
class Call(Node):
    """`f(x)`, or a record built by its name."""

    function: Expr
    args: tuple[Expr | Lambda | Spread | NamedArg, ...]


@node
class Item(Node):
    """`xs[0]`, `xs[0..2]`, `m["key"]`."""

    target: Expr
    index: Expr


@node
class Attribute(Node):
    """`answer.value`."""

    target: Expr
    name: str


@node
class Negative(Node):
    """`-a`."""

    value: Expr


@node
class Arithmetic(Node):
    """`a + b - c`, or `a * b // c`: operators of one rank, from left to right."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@node
class Range(Node):
    """`1..4` with both ends, or `0..<n` without the last (`open`)."""

    low: Expr
    high: Expr
    open: bool


@node
class Comparison(Node):
    """`1 <= a < 6`: every neighbouring pair must hold."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@node
class Not(Node):
    """`not a`."""

    value: Expr


@node
class And(Node):
    """`a and b and c`."""

    items: tuple[Expr, ...]


@node
class Or(Node):
    """`a or b or c`."""

    items: tuple[Expr, ...]
