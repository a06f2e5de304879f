"""A checked program: what `check/` hands to `run/`. Nothing in it is an error any more.

Facts about a node are kept beside the tree, by the node's identity: two equal expressions in two places are two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lotterylang.check.effects import OWN
from lotterylang.check.imports import Part
from lotterylang.check.types import Enum, Field, Record, Tool, Type
from lotterylang.syntax import tree
from lotterylang.syntax.source import Source

EffectName = Literal[
    "ASK", "CHOOSE", "SCORE", "FIND", "CALL", "DEDUCE", "READ", "WRITE", "COPY", "MOV", "JUMP", "DIVIDE"
]

WORLD: frozenset[str] = frozenset({"ASK", "CHOOSE", "SCORE", "FIND", "CALL", "DEDUCE"})
"""Effects that leave the machine; the others are its own."""

SIDE_BY_SIDE: frozenset[str] = WORLD | {"READ", "DIVIDE"}
"""Bodies of `for` whose effects are only these run side by side; all others (`uses …` is one) run in order."""

ISOLATED: frozenset[str] = SIDE_BY_SIDE | {"WRITE", "COPY", "MOV"}
"""Parts of a DIVIDE whose effects are only these run side by side: each has a memory of its own until the join."""


@dataclass(frozen=True, slots=True)
class ModelDeclaration:
    """`model small = onnx("smollm2-135m-instruct", seed = 7)`."""

    name: str
    spec: str
    seed: int
    node: tree.Model


@dataclass(frozen=True, slots=True)
class ToolDeclaration:
    """`tool calc(expression: text) -> number = std.tools.calculate`.

    `source` is what stands after `=`, as it is written; `provider` the name or the file in it, `arguments` what that is
    told. A tool that `acts` changes something: its calls run in order, each once. One with `leave` needs a grant by
    `uses` and by the host: within what (`standard.py`), or by its name alone where that is empty. One that is `pure`
    needs that too, since it runs code that is not ours, but the program says that it only computes.
    """

    name: str
    kind: Tool
    provider: str
    arguments: tuple[str, ...]
    source: str
    acts: bool
    leave: str | None
    node: tree.Tool
    pure: bool = False

    @property
    def does(self) -> str:
        """Say why it needs leave."""
        if self.pure:
            return "runs code of its own"
        return "acts on the world" if self.acts else f"reads a {self.leave}"


@dataclass(frozen=True, slots=True)
class Grant:
    """`uses tool write_file("out/")`: leave to act, within what the texts name."""

    tool: str
    limits: tuple[str, ...]

    def __str__(self) -> str:
        named = ", ".join(f'"{limit}"' for limit in self.limits)
        return f"{self.tool}({named})" if named else self.tool


@dataclass(frozen=True, slots=True)
class IndexDeclaration:
    """`index wiki = hnsw("wiki.jsonl", embed = "…")`: the provider, and the constants that it is given."""

    name: str
    provider: str
    arguments: tuple[str | int, ...]
    named: tuple[tuple[str, str | int], ...]
    source: str
    node: tree.Index


@dataclass(frozen=True, slots=True)
class LogicDeclaration:
    """`logic seating(likes: list<(text, text)>) -> sits(text, int) { … }`; a relation has the types of its parts."""

    name: str
    params: tuple[Field, ...]
    relations: tuple[tuple[str, tuple[Type, ...]], ...]
    rules: str
    node: tree.Logic
    program: str | None = None
    """The parameter that holds the text of the rules, where they are known only at the run: all others are facts."""

    @property
    def facts(self) -> tuple[Field, ...]:
        """List the parameters that are facts."""
        return tuple(param for param in self.params if param.name != self.program)


@dataclass(frozen=True, slots=True)
class MemoryDeclaration:
    """A store: one cell, `cells<T>` (integer addresses) or `map<K, V>`. `value` is the type of what one place holds.

    `start`, a pure constant expression, is what an unwritten place holds: for a cell its value, for `cells` that of
    every cell. For a map it is the map at the start. None: reading an unwritten place fails `Empty`. `where` and
    `key_where` must hold of what a place holds and of its key, for which `it` stands. `kept` is the path of the file
    that holds it beyond the run (None: memory of one run).
    """

    name: str
    kind: Literal["cell", "cells", "map"]
    key: Type | None
    value: Type
    start: tree.Expr | None
    node: tree.Memory
    where: tree.Expr | None = None
    key_where: tree.Expr | None = None
    kept: str | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit on a hole, from its `where`: `kind` by `value`, an expression of what is bound before the ASK.

    `kind` is `least` or `most` (of a number), `shortest` or `longest` (len of a text), `fewest` or `most_items` (len of
    a list), `in` (a list of what is allowed), `named` (of a call: the names of tools), `matches` (a pattern), `part_of`
    (a text that contains it). `part` leads
    to what is bounded: () the hole itself, `("[]",)` each item of a list, `("name",)` a field. `shift` is added to the
    value of a strict comparison (`< 5` is `most` 5 with shift -1).
    """

    kind: Literal["least", "most", "shortest", "longest", "fewest", "most_items", "in", "named", "matches", "part_of"]
    value: tree.Expr
    part: tuple[str, ...] = ()
    shift: int = 0


@dataclass(frozen=True, slots=True)
class HolePlan:
    """Everything known of a hole before the run."""

    name: str
    type: Type
    bounds: tuple[Bound, ...]
    stops: tuple[str, ...]
    max_tokens: int | None
    lines: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """A function of the program as seen from outside: parameters in order, result, and what it may touch.

    `effects` is the union over every way the program calls it (a function passed as an argument counts).
    """

    node: tree.Fn
    params: tuple[tuple[str, Type], ...]
    result: Type
    effects: frozenset[str]


@dataclass(frozen=True, slots=True)
class Program:
    """A program without errors.

    `constants` are in an order in which each uses only those before it. `types` (every expression), `holes` (every
    `tree.Hole`), `joined` (every `tree.For`: True if its bodies run side by side) and `touched` (its
    effects) are keyed by `id(node)`.
    `default_model` is the model of an instruction that names none (None where there are several, or none).
    `functions` and the like hold those of imported modules too, under names such as `std.vote.tally`; `imports` are the
    modules that the main file names; `without` is what its solvers do without.
    `conditions` (by `id`, of every `Param`, `Let`, `Fn` and `Drawn` that has one) is what an argument, a value or a
    result must meet, that of its type included: one expression in which its name or `it` is the value. `promises` has
    that of each type by name. `caught` (every `tree.Catch` with a name, by `id`) is the type of what its body gives: a
    failure shows the best answer so far only if it is of that type. `own_memories` (every `tree.Memory` inside a
    function, by `id`) are the stores of one call. `divided` (every `tree.Divide`, by `id`): True if its parts run side
    by side. `effects` (every loop, `try`, `retry`, lambda and source of a `for`, by `id`) says what it touches.
    `histories` are the calls of `turns` that stand in prompts, by `id`; `only_best` the CHOOSEs of which only `value`
    or `margin` is looked at.
    """

    source: Source
    module: tree.Module
    hash: str
    functions: Mapping[str, Signature]
    constants: Mapping[str, tree.Let]
    records: Mapping[str, Record]
    enums: Mapping[str, Enum]
    models: Mapping[str, ModelDeclaration]
    memories: Mapping[str, MemoryDeclaration]
    examples: tuple[tree.Example, ...]
    types: Mapping[int, Type]
    holes: Mapping[int, HolePlan]
    joined: Mapping[int, bool]
    touched: Mapping[int, frozenset[str]]
    default_model: str | None
    conditions: Mapping[int, tree.Expr] = field(default_factory=dict)
    properties: tuple[tree.Property, ...] = ()
    tools: Mapping[str, ToolDeclaration] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    indexes: Mapping[str, IndexDeclaration] = field(default_factory=dict)
    logics: Mapping[str, LogicDeclaration] = field(default_factory=dict)
    promises: Mapping[str, tree.Expr] = field(default_factory=dict)
    caught: Mapping[int, Type] = field(default_factory=dict)
    divided: Mapping[int, bool] = field(default_factory=dict)
    effects: Mapping[int, frozenset[str]] = field(default_factory=dict)
    imports: Mapping[str, Part] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    own_memories: Mapping[int, MemoryDeclaration] = field(default_factory=dict)
    histories: frozenset[int] = frozenset()
    only_best: frozenset[int] = frozenset()

    def marks(self, node: tree.Node) -> bool:
        """Tell whether a loop or an attempt stands in effect paths: it touches more than memory of its own call."""
        return any(OWN not in effect for effect in self.effects.get(id(node), ()))

    @property
    def own_functions(self) -> dict[str, Signature]:
        """Give the functions and solvers that the main file declares, without those that are made of solvers."""
        kinds = tree.Fn | tree.Solver
        written = {node.name for node in self.module.declarations if isinstance(node, kinds)}
        return {name: found for name, found in self.functions.items() if name in written and "." not in name}
