"""Blocks, the expressions made of them, and plain statements."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Binder, Node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Expr, Refined, Statement, Type


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if … { … } else if … { … } else { … }`."""

    branches: tuple[tuple[Expr, Block], ...]
    otherwise: Block | None = None


@dataclass(frozen=True, slots=True)
class CasePattern(Node):
    """`facts` or `Route.facts`; `_` matches all; inside a tuple pattern a bare name binds."""

    name: str
    enum: str | None = None


@dataclass(frozen=True, slots=True)
class CallPattern(Node):
    """`look(place, _)`: a call value of that tool; the names bind."""

    name: str
    params: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypePattern(Node):
    """`Hit as h`."""

    type: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ConstantPattern(Node):
    """`"yes"`, `-1`, `true`, `none`."""

    value: str | int | Fraction | bool | None


@dataclass(frozen=True, slots=True)
class TuplePattern(Node):
    """`(a, "yes", _)`."""

    items: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class EitherPattern(Node):
    """`facts | think`."""

    options: tuple[Pattern, ...]


Pattern = CasePattern | CallPattern | TypePattern | ConstantPattern | TuplePattern | EitherPattern


@dataclass(frozen=True, slots=True)
class Arm(Node):
    """`pattern if guard => body`."""

    pattern: Pattern
    guard: Expr | None
    body: Expr | Block


@dataclass(frozen=True, slots=True)
class Match(Node):
    """`match subject { arms }`."""

    subject: Expr
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Each(Node):
    """`x in xs`."""

    binder: Binder
    source: Expr


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for x in xs, y in ys if condition { … }`."""

    each: tuple[Each, ...]
    condition: Expr | None
    body: Block
    in_order: bool = False


@dataclass(frozen=True, slots=True)
class Fold(Node):
    """`fold state = start for x in xs until done { … }`."""

    binder: Binder
    type: Type | None
    start: Expr
    each: Each
    until: Expr | None
    body: Block


@dataclass(frozen=True, slots=True)
class Limit(Node):
    """`calls 40`."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Within(Node):
    """`within calls 10 { … }`."""

    limits: tuple[Limit, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Retry(Node):
    """`retry 3 as feedback { … }`."""

    count: Expr
    name: str | None
    body: Block


@dataclass(frozen=True, slots=True)
class Catch(Node):
    """`catch Rejected | Empty as failure { … }`; no kinds: every failure."""

    kinds: tuple[str, ...]
    name: str | None
    body: Block


@dataclass(frozen=True, slots=True)
class Try(Node):
    """`try { … } catch … { … }`."""

    body: Block
    catches: tuple[Catch, ...]


@dataclass(frozen=True, slots=True)
class TryIn(Node):
    """`try x in xs { … }`: the first body that does not fail."""

    each: Each
    body: Block
    catches: tuple[Catch, ...]


@dataclass(frozen=True, slots=True)
class Let(Node):
    """`let name: type = expr`."""

    binder: Binder
    type: Refined | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Ensure(Node):
    """`ensure condition else "why"`."""

    condition: Expr
    why: Expr | None = None


@dataclass(frozen=True, slots=True)
class Fail(Node):
    """`fail "why"`."""

    why: Expr


@dataclass(frozen=True, slots=True)
class Return(Node):
    """`return value`."""

    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Block(Node):
    """`{ … }`: statements; the value is that of the last expression."""

    statements: tuple[Statement, ...]
