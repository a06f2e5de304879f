"""Blocks, the expressions made of them, and plain statements."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Binder, Node, node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Expr, Refined, Statement, Type


@node
class If(Node):
    """`if … { … } else if … { … } else { … }`."""

    branches: tuple[tuple[Expr, Block], ...]
    otherwise: Block | None = None


@node
class CasePattern(Node):
    """`facts` or `Route.facts`; `_` matches all; inside a tuple pattern a bare name binds."""

    name: str
    enum: str | None = None


@node
class CallPattern(Node):
    """`look(place, _)`: a call value of that tool; the names bind."""

    name: str
    params: tuple[str, ...]


@node
class TypePattern(Node):
    """`Hit as h`."""

    type: str
    name: str | None = None


@node
class ConstantPattern(Node):
    """`"yes"`, `-1`, `true`, `none`."""

    value: str | int | Fraction | bool | None


@node
class TuplePattern(Node):
    """`(a, "yes", _)`."""

    items: tuple[Pattern, ...]


@node
class EitherPattern(Node):
    """`facts | think`."""

    options: tuple[Pattern, ...]


Pattern = CasePattern | CallPattern | TypePattern | ConstantPattern | TuplePattern | EitherPattern


@node
class Arm(Node):
    """`pattern if guard => body`."""

    pattern: Pattern
    guard: Expr | None
    body: Expr | Block


@node
class Match(Node):
    """`match subject { arms }`."""

    subject: Expr
    arms: tuple[Arm, ...]


@node
class Each(Node):
    """`x in xs`."""

    binder: Binder
    source: Expr


@node
class For(Node):
    """`for x in xs, y in ys if condition { … }`."""

    each: tuple[Each, ...]
    condition: Expr | None
    body: Block
    in_order: bool = False


@node
class Fold(Node):
    """`fold state = start for x in xs until done { … }`."""

    binder: Binder
    type: Type | None
    start: Expr
    each: Each
    until: Expr | None
    body: Block


@node
class Limit(Node):
    """`calls 40`."""

    name: str
    value: Expr


@node
class Within(Node):
    """`within calls 10 { … }`."""

    limits: tuple[Limit, ...]
    body: Block


@node
class Retry(Node):
    """`retry 3 as feedback { … }`."""

    count: Expr
    name: str | None
    body: Block


@node
class Catch(Node):
    """`catch Rejected | Empty as failure { … }`; no kinds: every failure."""

    kinds: tuple[str, ...]
    name: str | None
    body: Block


@node
class Try(Node):
    """`try { … } catch … { … }`."""

    body: Block
    catches: tuple[Catch, ...]


@node
class TryIn(Node):
    """`try x in xs { … }`: the first body that does not fail."""

    each: Each
    body: Block
    catches: tuple[Catch, ...]


@node
class Let(Node):
    """`let name: type = expr`."""

    binder: Binder
    type: Refined | None
    value: Expr


@node
class Ensure(Node):
    """`ensure condition else "why"`."""

    condition: Expr
    why: Expr | None = None


@node
class Fail(Node):
    """`fail "why" with best`."""

    why: Expr
    best: Expr | None = None


@node
class Return(Node):
    """`return value`."""

    value: Expr | None = None


@node
class Block(Node):
    """`{ … }`: statements; the value is that of the last expression."""

    statements: tuple[Statement, ...]
