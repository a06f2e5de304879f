"""The names of a program that stand for something before it runs: functions, constants, models, memories.

Enters: `Declarations`. Leaves: `Declared`, where every signature is a type. Next door: `names.py` has the local names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from lotterylang.check.grants import grants_of, pure_tools
from lotterylang.check.indexes import index_of
from lotterylang.check.kept import file_of
from lotterylang.check.library import see_signature
from lotterylang.check.listed import listed_of
from lotterylang.check.modules import Declarations, built_in_records
from lotterylang.check.names import head_of
from lotterylang.check.prelude import SIGNATURES, SURELY
from lotterylang.check.program import (
    Grant,
    IndexDeclaration,
    LogicDeclaration,
    MemoryDeclaration,
    ModelDeclaration,
    ToolDeclaration,
)
from lotterylang.check.providers import model_of
from lotterylang.check.report import Report
from lotterylang.check.rules import logic_of
from lotterylang.check.toolbox import tool_of
from lotterylang.check.types import INT, UNKNOWN, Map, Type
from lotterylang.check.unify import closed, open_variables, opened
from lotterylang.check.written import WrittenTypes
from lotterylang.syntax import tree
from lotterylang.syntax.parser import parse, source_of
from lotterylang.syntax.source import Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a callee takes at one place; the type may hold open variables."""

    name: str
    type: Type
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Callee:
    """A function as its callers see it, its type variables open. `result` is None until it has been inferred."""

    name: str
    params: tuple[Parameter, ...]
    result: Type | None
    variables: tuple[str, ...] = ()
    span: Span | None = None

    def __str__(self) -> str:
        params = [f"{p.name}: {closed(p.type)}{' = …' if p.is_optional else ''}".lstrip(": ") for p in self.params]
        return f"{self.name}({', '.join(params)})"


@dataclass(slots=True)
class Declared:
    """Every name that the file declares, by kind."""

    nodes: Declarations
    written: WrittenTypes
    functions: dict[str, Callee] = field(default_factory=dict)
    constants: dict[str, Type | None] = field(default_factory=dict)
    models: dict[str, ModelDeclaration] = field(default_factory=dict)
    memories: dict[str, MemoryDeclaration] = field(default_factory=dict)
    tools: dict[str, ToolDeclaration] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    indexes: dict[str, IndexDeclaration] = field(default_factory=dict)
    logics: dict[str, LogicDeclaration] = field(default_factory=dict)
    is_import: bool = False

    def values(self) -> Iterator[str]:
        """Yield the names that may stand for a value or a function."""
        yield from self.functions
        yield from self.constants
        yield from self.tools
        yield from (name for name in prelude() if not name.startswith(SURELY))

    def place(self, name: str) -> Span | None:
        """Tell where a name is declared."""
        return self.nodes.places.get(name)


@cache
def prelude() -> dict[str, tuple[Callee, ...]]:
    """Read the signatures of the functions that every program has."""
    source = source_of("the prelude", SIGNATURES)
    report = Report()
    written = WrittenTypes(built_in_records(), report, set())
    found: dict[str, tuple[Callee, ...]] = {}
    for node in parse(source).declarations:
        if isinstance(node, tree.Fn):
            found[node.name] = (*found.get(node.name, ()), callee(node, written))
    report.raise_any()
    return found | {SURELY + name: forms for name, forms in found.items()}


def declared(nodes: Declarations, report: Report) -> Declared:
    """Give every declaration of a file its type, as far as it is written."""
    toolboxes = {name: names for name, node in nodes.indexes.items() if (names := listed_of(node.value))}
    found = Declared(nodes, WrittenTypes(nodes.types, report, nodes.in_error, nodes.tools, toolboxes))
    for name, fn in nodes.functions.items():
        found.functions[name] = callee(fn, found.written)
        _check_signature(fn, found.functions[name], found.written)
    for name, let in nodes.constants.items():
        found.constants[name] = None if let.type is None else found.written.of(let.type.type)
    for name, model in nodes.models.items():
        found.models[name] = model_of(model, report)
    for name, tool in nodes.tools.items():
        found.tools[name] = tool_of(tool, found.written.tools[name], nodes, report)
        _check_params(tool, found.written)
        see_signature(found.tools[name], report)
    found.grants = grants_of(nodes, found.tools, report)
    for name in pure_tools(nodes.uses, found.tools):
        found.tools[name] = replace(found.tools[name], acts=False, pure=True)
    for name, index in nodes.indexes.items():
        found.indexes[name] = index_of(index, found.tools, report)
    for name, logic in nodes.logics.items():
        found.logics[name] = logic_of(logic, found.written)
        _check_params(logic, found.written)
    for name, memory in nodes.memories.items():
        found.memories[name] = memory_of(memory, found.written, report)
    return found


def callee(node: tree.Fn, written: WrittenTypes) -> Callee:
    """Give a function as its callers see it."""
    params = []
    for p in node.params:
        kind = written.of(p.type.type, node.variables, function=True)
        params.append(Parameter(p.name, opened(kind, node.variables), p.default is not None))
    result = None
    if node.result is not None:
        result = opened(written.of(node.result.type, node.variables), node.variables)
    return Callee(node.name, tuple(params), result, tuple(f"?{v}" for v in node.variables), node.span)


def with_result(callee: Callee, result: Type, variables: tuple[str, ...]) -> Callee:
    """Give a callee whose result has been inferred in terms of its own variables."""
    return replace(callee, result=opened(result, variables))


def _check_signature(node: tree.Fn, found: Callee, written: WrittenTypes) -> None:
    report = written.report
    written.check_variables(node.variables, head_of(node.span))
    _check_params(node, written)
    for p in node.params:
        written.condition(p.type)
    for variable in found.variables:
        if all(variable not in open_variables(p.type) for p in found.params):
            message = f"`{variable[1:]}` stands in no parameter of `{node.name}`"
            help = "use it in a parameter, or leave it out"
            report.add("LOT-E0317", head_of(node.span), message, "no call could tell what it is", help=help)


def _check_params(node: tree.Fn | tree.Tool | tree.Logic, written: WrittenTypes) -> None:
    report = written.report
    seen: set[str] = set()
    late: str | None = None
    for p in node.params:
        if p.name in seen:
            report.add("LOT-E0201", p.span, f"`{p.name}` is declared twice", "again here", help="rename one")
        seen.add(p.name)
        late = p.name if p.default is not None else late
        if p.default is None and late is not None:
            message = f"`{p.name}` has no default, `{late}` before it has one"
            report.add("LOT-E0319", p.span, message, "can't be left out", help="put it first, or give it a default")


def memory_of(
    node: tree.Memory, written: WrittenTypes, report: Report, variables: tuple[str, ...] = ()
) -> MemoryDeclaration:
    """Read the declaration of a memory. Errors: LOT-E0313, and those of its type."""
    kind = node.type
    if isinstance(kind, tree.TypeName) and kind.name == "cells":
        value: Type = UNKNOWN
        where = None
        if len(kind.arguments) == 1:
            value, where = written.of(kind.arguments[0], variables), written.implied(kind.arguments[0])
        else:
            report.add(
                "LOT-E0313",
                kind.span,
                "`cells` takes one type",
                f"{len(kind.arguments)} stand here",
                help="write `cells<text>`",
            )
        kept = file_of(node, value, report)
        return MemoryDeclaration(node.name, "cells", INT, value, node.start, node, where, None, kept)
    held = written.of(kind, variables)
    kept = file_of(node, held, report)
    if isinstance(held, Map) and isinstance(kind, tree.TypeName):
        of_key, of_value = map(written.implied, kind.arguments) if kind.name == "map" else (None, None)
        return MemoryDeclaration(node.name, "map", held.key, held.value, node.start, node, of_value, of_key, kept)
    return MemoryDeclaration(node.name, "cell", None, held, node.start, node, written.implied(kind), None, kept)


def whole(memory: MemoryDeclaration) -> Type:
    """Give the type of a whole store read as a value."""
    return memory.value if memory.key is None else Map(memory.key, memory.value)
