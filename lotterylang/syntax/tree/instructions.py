"""The instructions that touch the world or memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Binder, Node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Expr, Lambda, Name, NamedArg, Spread, Text, Type


@dataclass(frozen=True, slots=True)
class OnModel(Node):
    """`small(temperature = 0.8)` after a model instruction."""

    name: str
    args: tuple[Expr | Lambda | Spread | NamedArg, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask(Node):
    """`ASK model prompt`."""

    model: OnModel | None
    prompt: Text


@dataclass(frozen=True, slots=True)
class Against(Node):
    """`against slot in values`."""

    slot: str
    values: Expr


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """`CHOOSE model prompt from options [by …] [against …]`; `by` is a lambda or the path of a function."""

    model: OnModel | None
    prompt: Text
    options: Expr
    by: Lambda | Name | None = None
    against: Against | None = None


@dataclass(frozen=True, slots=True)
class Score(Node):
    """`SCORE model text under prompt`."""

    model: OnModel
    text: Expr
    prompt: Text


@dataclass(frozen=True, slots=True)
class Find(Node):
    """`FIND k in index for expr [where …]`."""

    count: Expr
    index: Expr
    query: Expr
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class CallTool(Node):
    """`CALL tool(args)` or `CALL call_value`."""

    call: Expr


@dataclass(frozen=True, slots=True)
class Deduce(Node):
    """`DEDUCE [must | could | best | models N] logic(args)`."""

    mode: str | None
    models: int | None
    logic: str
    args: tuple[Expr | Lambda | Spread | NamedArg, ...]


@dataclass(frozen=True, slots=True)
class Divide(Node):
    """`DIVIDE all|any|each parts with solver`."""

    mode: str
    parts: Expr
    solver: str


@dataclass(frozen=True, slots=True)
class Endorse(Node):
    """`endorse x as bool`."""

    value: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Place(Node):
    """`tape[h]` or `head`: a place in memory."""

    name: str
    key: Expr | None = None


@dataclass(frozen=True, slots=True)
class Read(Node):
    """`READ place -> name else default`."""

    place: Place
    binder: Binder
    default: Expr | None = None


@dataclass(frozen=True, slots=True)
class Write(Node):
    """`WRITE expr -> place`."""

    value: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Copy(Node):
    """`COPY place -> place`."""

    source: Place
    target: Place


@dataclass(frozen=True, slots=True)
class Mov(Node):
    """`MOV place -> place`."""

    source: Place
    target: Place


@dataclass(frozen=True, slots=True)
class Jump(Node):
    """`JUMP label if condition`."""

    label: str
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Label(Node):
    """`next:`."""

    name: str
