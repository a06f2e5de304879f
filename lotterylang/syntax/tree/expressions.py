"""Values and operators: expressions that touch nothing."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from lotterylang.syntax.tree.node import Node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Block, Expr, Refined


@dataclass(frozen=True, slots=True)
class Name(Node):
    """`question`."""

    name: str


@dataclass(frozen=True, slots=True)
class TypeValue(Node):
    """`Route` as a value: the constructor of a record, or the cases of an enum."""

    name: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`42` or `0.5`, exact."""

    value: int | Fraction


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`true`, `false` or `none`."""

    value: bool | None


@dataclass(frozen=True, slots=True)
class Piece(Node):
    """Literal text, escapes resolved and dedented."""

    text: str


@dataclass(frozen=True, slots=True)
class Value(Node):
    """`${expr}`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Hole(Node):
    """`@{name: type where …, stop "…", max N tokens, lines}`."""

    name: str
    type: Refined
    stops: tuple[str, ...] = ()
    max_tokens: int | None = None
    lines: bool = False


@dataclass(frozen=True, slots=True)
class RoleLine(Node):
    """`user:` at the start of a line: a new turn begins."""

    role: Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Text(Node):
    """`"…"`, or `\"""…\"""` if `long`."""

    parts: tuple[Piece | Value | Hole | RoleLine, ...]
    long: bool = False


@dataclass(frozen=True, slots=True)
class List(Node):
    """`[1, 2, ..rest]`."""

    items: tuple[Expr | Spread, ...]


@dataclass(frozen=True, slots=True)
class Map(Node):
    """`{ "a": 1 }`, `{:}`."""

    pairs: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True)
class Tuple(Node):
    """`(a, b)`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Spread(Node):
    """`..rest` in a list or in a call."""

    value: Expr


@dataclass(frozen=True, slots=True)
class NamedArg(Node):
    """`by = v => v.score`."""

    name: str
    value: Expr | Lambda


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """`v => v.score`, as an argument only."""

    param: str
    body: Expr | Block


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`f(x)`, or a record built by its name."""

    function: Expr
    args: tuple[Expr | Lambda | Spread | NamedArg, ...]


@dataclass(frozen=True, slots=True)
class Item(Node):
    """`xs[0]`, `xs[0..2]`, `m["key"]`."""

    target: Expr
    index: Expr


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`answer.value`."""

    target: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """`-a`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a + b - c`, or `a * b // c`: operators of one rank, from left to right."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`1..4` with both ends, or `0..<n` without the last (`open`)."""

    low: Expr
    high: Expr
    open: bool


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`1 <= a < 6`: every neighbouring pair must hold."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not a`."""

    value: Expr


@dataclass(frozen=True, slots=True)
class And(Node):
    """`a and b and c`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """`a or b or c`."""

    items: tuple[Expr, ...]
