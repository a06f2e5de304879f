"""The way of a program through this room: parse, declare, infer, and put together what the machine needs.

Enters: a source. Leaves: a `Program`, or a `LotError` with everything that was found wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lotterylang.check import types
from lotterylang.check.declared import declared, whole, with_result
from lotterylang.check.effects import OWN, Effects, Taker, Trace
from lotterylang.check.holes import plan_of
from lotterylang.check.imports import Part, parts_of
from lotterylang.check.infer import Inference
from lotterylang.check.judge import Frame
from lotterylang.check.linking import Linker, alone, link
from lotterylang.check.listed import listed
from lotterylang.check.marks.program import refuse_fed
from lotterylang.check.modules import content_hash, declarations
from lotterylang.check.names import Binding
from lotterylang.check.order import Graph, graph_of, groups, is_circle
from lotterylang.check.program import ISOLATED, SIDE_BY_SIDE, WORLD, HolePlan, Program, Signature
from lotterylang.check.report import Enough, Report
from lotterylang.check.solver import expanded
from lotterylang.check.types import UNKNOWN, Type
from lotterylang.check.unify import closed
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.parser import parse, parse_expression
from lotterylang.syntax.source import Source, Span


@dataclass(frozen=True, slots=True)
class CheckedExpression:
    """An expression judged at the top level of a program: its node, its type, what it touches.

    `program` has the facts of the expression beside those of the program, whose tree it shares.
    """

    node: tree.Expr
    type: Type
    effects: frozenset[str]
    program: Program


@dataclass(frozen=True, slots=True)
class CheckedEntry:
    """Statements judged at the top level of a program: the type of their value, what they touch, the names they bind.

    `program` has their facts beside those of the program.
    """

    node: tree.Block
    type: Type
    effects: frozenset[str]
    bound: Mapping[str, Type]
    program: Program


def check(source: Source, without: frozenset[str] = frozenset()) -> Program:
    """Check a program, whose solvers may have to do without something.

    Errors: LOT-E01xx for what can't be read, else LOT-E02xx to LOT-E09xx, all at once.
    """
    try:
        return check_module(parse(source), without=without)
    except RecursionError:
        raise _too_deep(source) from None


def check_module(module: tree.Module, is_live: bool = False, without: frozenset[str] = frozenset()) -> Program:
    """Check declarations, which may come from several sources. Errors: as `check`.

    In a live program an import may wait for its use.
    """
    try:
        report = Report()
        module = listed(module, report)
        if not any(isinstance(node, tree.Import) for node in module.declarations):
            return _checked(module, report, without)
        parts = parts_of(module)
        for part in parts[:-1]:  # first each module in its own words, then the whole
            own = Report()
            part.module = listed(part.module, own)
            _checked(link(alone(part, parts), own), own, without=frozenset(), is_import=True)
        return replace(_linked(parts, report, is_live, without), imports=parts[-1].imports)
    except RecursionError:
        raise _too_deep(module.source) from None


def _linked(parts: list[Part], report: Report, is_live: bool = False, without: frozenset[str] = frozenset()) -> Program:
    return _checked(link(parts, report, is_live), report, without)


def _checked(module: tree.Module, report: Report, without: frozenset[str], is_import: bool = False) -> Program:
    try:
        return _Checker(module, report, without, is_import).program()
    except Enough:
        report.raise_any()
        raise


def check_expression(program: Program, source: Source, bindings: Mapping[str, Type]) -> CheckedExpression:
    """Check an expression in the scope of a program's top level, with some names bound. Errors: as `check`."""
    report = Report()
    try:
        node = parse_expression(source)
        if program.imports:
            node = Linker(Part(program.module, "", dict(program.imports)), report).linked(node)
        checker = _Checker(program.module, report, program.without)
        kind, trace = checker.expression(node, bindings)
        extended = checker.program()
        return CheckedExpression(node, kind, checker.effects.of(trace, None), extended)
    except Enough:
        report.raise_any()
        raise
    except RecursionError:
        raise _too_deep(source) from None


def check_entry(program: Program, node: tree.Block, bindings: Mapping[str, Type]) -> CheckedEntry:
    """Check statements at a program's top level; they may bind the given names anew. Errors: as `check`."""
    report = Report()
    try:
        if program.imports:
            node = Linker(Part(program.module, "", dict(program.imports)), report).linked(node)
        checker = _Checker(program.module, report, program.without)
        kind, trace, bound = checker.entry(node, bindings)
        extended = checker.program()
        return CheckedEntry(node, kind, checker.effects.of(trace, None), bound, extended)
    except Enough:
        report.raise_any()
        raise
    except RecursionError:
        raise _too_deep(node.span.source) from None


def _too_deep(source: Source) -> LotError:
    label = Label(Span(source, 0, 0), "somewhere in here")
    message = "an expression is nested too deeply"
    return LotError(Diagnostic("LOT-E0330", message, label, help="name the inner parts by `let`"))


class _Checker:
    """One run over one module. What grants decide is not judged in an import: the main file has them."""

    def __init__(self, module: tree.Module, report: Report, without: frozenset[str], is_import: bool = False) -> None:
        self.is_import = is_import
        self.module = module
        self.without = without
        self.report = report
        self.nodes = declarations(expanded(module, report, without), report)
        self.declared = declared(self.nodes, self.report)
        self.declared.is_import = is_import
        self.judge = Inference(self.declared, self.report)
        self.takers: dict[str, Taker] = {}
        self.loose: list[Trace] = []
        self.entered: tree.Block | None = None
        self._functions_and_constants()
        self._types()
        self._memories()
        for tool in self.nodes.tools.values():
            self.judge.tool(tool)
        for logic in self.nodes.logics.values():
            self.judge.logic(logic)
        for example in self.nodes.examples:
            self.loose.append(self.judge.example(example))
        for property in self.nodes.properties:
            self.loose.append(self.judge.property(property))

    def expression(self, node: tree.Expr, bindings: Mapping[str, Type]) -> tuple[Type, Trace]:
        """Judge one more expression, with some names bound. Gives its type and what it touches."""
        judge = self.judge
        judge.frame = Frame(is_test=True)
        with judge.scope.alone():
            for name, kind in bindings.items():
                judge.scope.bind(Binding(name, kind, node.span))
            found = judge.expr(node)
        self.loose.append(judge.frame.trace)
        self.entered = tree.Block(node.span, (node,))
        return found, judge.frame.trace

    def entry(self, node: tree.Block, bindings: Mapping[str, Type]) -> tuple[Type, Trace, dict[str, Type]]:
        """Judge statements, with some names bound. Gives the type of their value, what they touch, what they bind."""
        judge = self.judge
        judge.frame = Frame(is_test=True)
        judge.rebindable = frozenset({*bindings, *self.nodes.constants})
        with judge.scope.alone() as level:
            given = {name: Binding(name, kind, node.span) for name, kind in bindings.items()}
            level.names.update(given)
            found = judge.statements(node.statements, node.span, None)
            bound = {name: each.type for name, each in level.names.items() if each is not given.get(name)}
        self.loose.append(judge.frame.trace)
        self.entered = node
        return found, judge.frame.trace, bound

    def program(self) -> Program:
        """Settle what depends on all code, and put the program together. Errors: everything found wrong."""
        self.judge.demands.settle(self.report)
        self.effects = Effects(self.takers)
        for trace in self.loose:
            self.effects.ask_more(trace)
        for code in self.judge.pure_code:
            self.effects.ask_more(code.trace, code.function)
        self._pure_code()
        holes = {id(hole.node): plan_of(hole, self.judge.types, self.report) for hole in self.judge.pending}
        constants = self._constants_in_order()
        self.report.raise_any()
        found = self._program(holes, constants)
        if not self.is_import:
            refuse_fed(found, self.report, self.entered)
        self.report.raise_any()
        return found

    def _program(self, holes: Mapping[int, HolePlan], constants: list[str]) -> Program:
        kinds = self.declared.written.types
        loops = [(node, self.effects.of(trace, name)) for node, trace, name in self.judge.loops]
        touched = {id(node): _without_own_reads(effects) for node, effects in loops}
        return Program(
            source=self.module.source,
            module=self.module,
            hash=content_hash(self.module),
            without=self.without,
            histories=frozenset(self.judge.histories),
            only_best=frozenset(self.judge.only_best),
            functions={name: self._signature(name) for name in self.nodes.functions},
            constants={name: self.nodes.constants[name] for name in constants},
            records={"Hit": types.HIT} | {name: kind for name, kind in kinds.items() if isinstance(kind, types.Record)},
            enums={name: kind for name, kind in kinds.items() if isinstance(kind, types.Enum)},
            models=self.declared.models,
            memories=self.declared.memories,
            examples=tuple(self.nodes.examples),
            properties=tuple(self.nodes.properties),
            types=self.judge.types,
            holes=holes,
            joined={id(node): not node.in_order and _can_be_joined(touched[id(node)]) for node, _ in loops},
            touched=touched,
            default_model=next(iter(self.declared.models)) if len(self.declared.models) == 1 else None,
            conditions=self.judge.conditions,
            tools=self.declared.tools,
            grants=self.declared.grants,
            indexes=self.declared.indexes,
            logics=self.declared.logics,
            promises={name: c for name, c in self.declared.written.conditions.items() if c is not None},
            caught=self.judge.caught,
            effects={id(node): self.effects.of(trace, name) for node, trace, name in self.judge.touching},
            own_memories=self.judge.own_memories,
            divided={id(node): self._is_divided(node, trace, name) for node, trace, name in self.judge.divisions},
        )

    def _signature(self, name: str) -> Signature:
        found = self.declared.functions[name]
        params = tuple((p.name, closed(p.type)) for p in found.params)
        return Signature(
            self.nodes.functions[name], params, closed(found.result or UNKNOWN), self.effects.of_function(name)
        )

    def _is_divided(self, node: tree.Divide, trace: Trace, function: str | None) -> bool:
        return node.mode != "each" and _without_own_reads(self.effects.of(trace, function)) <= ISOLATED

    # functions and constants

    def _functions_and_constants(self) -> None:
        """Judge them in an order in which each comes after those whose types it needs and that write none."""
        nodes = {**self.nodes.functions, **self.nodes.constants}
        unwritten = {name for name, node in nodes.items() if _writes_no_type(node)}
        drawn = self._graph()
        needs = {name: tuple(other for other in others if other in unwritten) for name, others in drawn.items()}
        for group in groups(needs):
            if is_circle(group, needs):
                self._refuse_circle(group)
            for name in group:
                if name in self.nodes.functions:
                    self.takers[name] = self.judge.function(self.nodes.functions[name])
                else:
                    self.judge.constant(name, self.nodes.constants[name])

    def _graph(self) -> Graph:
        """Draw which functions and constants speak of which."""
        values = {name: let.value for name, let in self.nodes.constants.items()}
        return graph_of({**self.nodes.functions, **values})

    def _refuse_circle(self, group: list[str]) -> None:
        for name in group:
            node = self.nodes.functions.get(name)
            if node is not None and node.result is None:
                help = f"write `fn {name}(…) -> …`"
                message = f"`{name}` calls itself, so its result must be declared"
                self.report.add("LOT-E0316", self.nodes.places[name], message, "no result type", help=help)
                found = self.declared.functions[name]
                self.declared.functions[name] = with_result(found, UNKNOWN, ())

    def _constants_in_order(self) -> list[str]:
        """List the constants, each after those it uses, also through functions. Errors: LOT-E0212 for a circle."""
        graph = self._graph()
        found: list[str] = []
        for group in groups(graph):
            constants = [name for name in group if name in self.nodes.constants]
            if constants and is_circle(group, graph):
                first = min(constants, key=lambda name: self.nodes.places[name].start)
                through = next((name for name in group if name != first), first)
                others = ((self.nodes.places[through], "through this"),) if through != first else ()
                help = "let one of them stand without the other"
                message = f"the constant `{first}` needs itself"
                place = self.nodes.places[first]
                self.report.add("LOT-E0212", place, message, "in a circle", help=help, others=others)
            found += constants
        return found

    # types, memories, purity

    def _types(self) -> None:
        """Judge the conditions that types declare."""
        self.judge.frame = Frame()
        for name, node in self.nodes.types.items():
            kind = self.declared.written.types[name]
            if isinstance(node, tree.RecordDeclaration) and isinstance(kind, types.Record):
                for field in kind.fields:
                    if field.where is not None:
                        with self.judge.scope.alone():
                            self.judge.where(field.where, (field.name, "it"), field.type)
            elif isinstance(node, tree.AliasDeclaration) and self.declared.written.conditions.get(name) is not None:
                with self.judge.scope.alone():
                    self.judge.where(self.declared.written.conditions[name], ("it",), kind)  # type: ignore[arg-type]

    def _memories(self) -> None:
        for memory in self.declared.memories.values():
            if memory.start is not None:
                self.judge.frame = Frame()
                want = memory.value if memory.kind == "cells" else whole(memory)
                with self.judge.scope.alone(), self.judge.pure("the start of a memory"):
                    self.judge.expr(memory.start, want)
            for where, kind in ((memory.where, memory.value), (memory.key_where, memory.key)):
                if where is not None and kind is not None:
                    with self.judge.scope.alone():
                        self.judge.where(where, ("it",), kind)

    def _pure_code(self) -> None:
        for code in self.judge.pure_code:
            effects = self.effects.of(code.trace, code.function)
            if effects:
                span, what = self.effects.culprit(code.trace, code.function)
                names = " and ".join(sorted(effects))
                message = f"{code.what} may touch nothing, {what} {names}"
                help = "bind the value before, by `let`"
                self.report.add("LOT-E0501", span, message, f"touches {names}", help=help)


def _writes_no_type(node: object) -> bool:
    return node.result is None if isinstance(node, tree.Fn) else isinstance(node, tree.Let) and node.type is None


def _can_be_joined(effects: frozenset[str]) -> bool:
    """Tell whether bodies with these effects can run side by side, and gain by it."""
    return effects <= SIDE_BY_SIDE and bool(effects & WORLD)


def _without_own_reads(effects: frozenset[str]) -> frozenset[str]:
    """Leave out the reads of memories inside the function itself: each branch has them as they were."""
    return frozenset(effect for effect in effects if not effect.startswith(f"READ{OWN}"))
