"""What stands at the top of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Node, node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Arm, Block, Expr, Lambda, Limit, NamedArg, Place, Refined, Spread, Type


@node
class Memory(Node):
    """`memory name : type = start kept in file("…")`; also a statement."""

    name: str
    type: Type
    start: Expr | None = None
    kept: str | None = None
    kept_args: tuple[Expr | Lambda | Spread | NamedArg, ...] = ()


@node
class Import(Node):
    """`import std.vote` (`path`), `import "plan.lot" as plan` (`file`)."""

    path: str | None
    file: str | None
    name: str | None


@node
class Uses(Node):
    """`uses tool write_file("out/")`, `uses pure tool price`."""

    tool: str
    args: tuple[Expr | Lambda | Spread | NamedArg, ...] = ()
    is_pure: bool = False


@node
class Model(Node):
    """`model small = onnx("…", seed = 7)`."""

    name: str
    value: Expr


@node
class Index(Node):
    """`index wiki = hnsw("…")`."""

    name: str
    value: Expr


@node
class Param(Node):
    """`name: type = default`."""

    name: str
    type: Refined
    default: Expr | None = None


@node
class Tool(Node):
    """`tool name(params) -> type = …`."""

    name: str
    params: tuple[Param, ...]
    result: Type
    value: Expr


@node
class Field(Node):
    """`source: text`."""

    name: str
    type: Refined


@node
class RecordDeclaration(Node):
    """`type Answer<T> { value: T, source: text }`."""

    name: str
    variables: tuple[str, ...]
    fields: tuple[Field, ...]


@node
class AliasDeclaration(Node):
    """`type Digit = int where 0 <= it <= 9`."""

    name: str
    variables: tuple[str, ...]
    type: Refined


@node
class Case(Node):
    """`calculator = "a calculation"`."""

    name: str
    written: str | None = None


@node
class Enum(Node):
    """`enum Route { … }`."""

    name: str
    cases: tuple[Case, ...]


@node
class Relation(Node):
    """`sits(text, int)`."""

    name: str
    items: tuple[Type, ...]


@node
class LogicProgram(Node):
    """`= std.logic.program(rules)`: what reads rules, and the parameter that holds their text."""

    provider: str
    rules: str


@node
class Logic(Node):
    """`logic name(params) -> relations { clingo text }`, or a `program` in the place of the text."""

    name: str
    params: tuple[Param, ...]
    relations: tuple[Relation, ...]
    body: str
    program: LogicProgram | None = None


@node
class Fn(Node):
    """`fn name<T>(params) -> type { … }`."""

    name: str
    variables: tuple[str, ...]
    params: tuple[Param, ...]
    result: Refined | None
    body: Block


@node
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


@node
class Solver(Node):
    """`solver name(params) -> type { clauses }`."""

    name: str
    params: tuple[Param, ...]
    result: Refined
    clauses: tuple[Clause, ...]
