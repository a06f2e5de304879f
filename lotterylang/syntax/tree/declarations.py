"""What stands at the top of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Arm, Block, Expr, Lambda, Limit, NamedArg, Place, Refined, Spread, Type


@dataclass(frozen=True, slots=True)
class Memory(Node):
    """`memory name : type = start kept in file("…")`; also a statement."""

    name: str
    type: Type
    start: Expr | None = None
    kept: str | None = None
    kept_args: tuple[Expr | Lambda | Spread | NamedArg, ...] = ()


@dataclass(frozen=True, slots=True)
class Import(Node):
    """`import std.vote` (`path`), `import "plan.lot" as plan` (`file`)."""

    path: str | None
    file: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Uses(Node):
    """`uses tool write_file("out/")`."""

    tool: str
    args: tuple[Expr | Lambda | Spread | NamedArg, ...] = ()


@dataclass(frozen=True, slots=True)
class Model(Node):
    """`model small = onnx("…", seed = 7)`."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Index(Node):
    """`index wiki = hnsw("…")`."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class Param(Node):
    """`name: type = default`."""

    name: str
    type: Refined
    default: Expr | None = None


@dataclass(frozen=True, slots=True)
class Tool(Node):
    """`tool name(params) -> type = …`."""

    name: str
    params: tuple[Param, ...]
    result: Type
    value: Expr


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`source: text`."""

    name: str
    type: Refined


@dataclass(frozen=True, slots=True)
class RecordDeclaration(Node):
    """`type Answer<T> { value: T, source: text }`."""

    name: str
    variables: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class AliasDeclaration(Node):
    """`type Digit = int where 0 <= it <= 9`."""

    name: str
    variables: tuple[str, ...]
    type: Refined


@dataclass(frozen=True, slots=True)
class Case(Node):
    """`calculator = "a calculation"`."""

    name: str
    written: str | None = None


@dataclass(frozen=True, slots=True)
class Enum(Node):
    """`enum Route { … }`."""

    name: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """`sits(text, int)`."""

    name: str
    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`logic name(params) -> relations { clingo text }`."""

    name: str
    params: tuple[Param, ...]
    relations: tuple[Relation, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Fn(Node):
    """`fn name<T>(params) -> type { … }`."""

    name: str
    variables: tuple[str, ...]
    params: tuple[Param, ...]
    result: Refined | None
    body: Block


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """A clause of a solver: its word, and what follows it by its kind."""

    word: str
    value: Expr | None = None
    place: Place | None = None
    limits: tuple[Limit, ...] = ()
    arms: tuple[Arm, ...] = ()
    mode: str | None = None
    when: Expr | None = None
    until_passed: bool = False


@dataclass(frozen=True, slots=True)
class Solver(Node):
    """`solver name(params) -> type { clauses }`."""

    name: str
    params: tuple[Param, ...]
    result: Refined
    clauses: tuple[Clause, ...]
