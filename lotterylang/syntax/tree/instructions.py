"""The instructions that touch the world or memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Binder, Node, node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Expr, Lambda, Name, NamedArg, Spread, Text, Type


@node
class OnModel(Node):
    """`small(temperature = 0.8)` after a model instruction."""

    name: str
    args: tuple[Expr | Lambda | Spread | NamedArg, ...] = ()


@node
class Ask(Node):
    """`ASK model prompt`."""

    model: OnModel | None
    prompt: Text


@node
class Against(Node):
    """`against slot in values`."""

    slot: str
    values: Expr


@node
class Choose(Node):
    """`CHOOSE model prompt from options [by …] [against …]`; `by` is a lambda or the path of a function."""

    model: OnModel | None
    prompt: Text
    options: Expr
    by: Lambda | Name | None = None
    against: Against | None = None


@node
class Score(Node):
    """`SCORE model text under prompt`."""

    model: OnModel
    text: Expr
    prompt: Text


@node
class Find(Node):
    """`FIND k in index for expr [where …]`."""

    count: Expr
    index: Expr
    query: Expr
    where: Expr | None = None


@node
class CallTool(Node):
    """`CALL tool(args)` or `CALL call_value`."""

    call: Expr


@node
class Deduce(Node):
    """`DEDUCE [must | could | best | models N] logic(args)`."""

    mode: str | None
    models: int | None
    logic: str
    args: tuple[Expr | Lambda | Spread | NamedArg, ...]


@node
class Derived(Node):
    """`DEDUCE logic(args).relation` after `in` or `from`: the values of a relation, None for the only one."""

    deduce: Deduce
    relation: str | None


@node
class Divide(Node):
    """`DIVIDE all|any|each parts with solver`."""

    mode: str
    parts: Expr
    solver: str


@node
class Endorse(Node):
    """`endorse x as bool`."""

    value: Expr
    type: Type


@node
class Place(Node):
    """`tape[h]` or `head`: a place in memory."""

    name: str
    key: Expr | None = None


@node
class Read(Node):
    """`READ place -> name else default`."""

    place: Place
    binder: Binder
    default: Expr | None = None


@node
class Write(Node):
    """`WRITE expr -> place if empty`."""

    value: Expr
    place: Place
    if_empty: bool = False


@node
class Copy(Node):
    """`COPY place -> place`."""

    source: Place
    target: Place


@node
class Mov(Node):
    """`MOV place -> place`."""

    source: Place
    target: Place


@node
class Jump(Node):
    """`JUMP label if condition`."""

    label: str
    condition: Expr | None = None


@node
class Label(Node):
    """`next:`."""

    name: str
