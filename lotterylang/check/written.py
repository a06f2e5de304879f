"""Types as written to types as data.

Enters: the type declarations of a file. Leaves: the type of every `tree.Type`. Next door: `promises.py` says what they
promise, `declared.py` has all other names.
"""

from __future__ import annotations

from collections.abc import Mapping

from lotterylang.check import habits, types
from lotterylang.check.modules import TypeDeclaration
from lotterylang.check.names import close_name, head_of
from lotterylang.check.order import Graph, graph_of, groups, is_circle
from lotterylang.check.promises import Promises, Refinement
from lotterylang.check.relations import is_too_large, joined
from lotterylang.check.report import Report
from lotterylang.check.traits import refuse_lacking
from lotterylang.check.types import BOOL, HIT, INT, NUMBER, SCORE, TEXT, UNKNOWN, Type
from lotterylang.check.unify import substitute
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

PLAIN: Mapping[str, Type] = {"text": TEXT, "int": INT, "number": NUMBER, "bool": BOOL, "Score": SCORE, "Hit": HIT}
GENERIC = {"list": 1, "map": 2, "Choice": 1}
RESOURCES = ("model", "index")
"""Types of parameters only: what is passed is a name."""


class WrittenTypes(Promises):
    """The types that a file declares, and the meaning of every type written in it."""

    def __init__(
        self,
        declared: Mapping[str, TypeDeclaration],
        report: Report,
        in_error: set[str],
        tools: Mapping[str, tree.Tool] | None = None,
        toolboxes: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.report = report
        self.in_error = in_error
        self.nodes = declared
        self.types: dict[str, Type] = {}
        self.refinements: dict[str, tuple[Refinement, ...]] = {}
        self.conditions: dict[str, tree.Expr | None] = {}
        self.tools: dict[str, types.Tool] = {}
        self.tool_nodes = tools or {}
        self.toolboxes = toolboxes or {}
        nodes: dict[str, TypeDeclaration | tree.Tool] = {**declared, **self.tool_nodes}
        graph = _through(graph_of({**self.toolboxes, **nodes}, of_types=True), self.toolboxes, nodes)
        for group in groups(graph):
            if is_circle(group, graph):
                self._refuse_circle(group)
            else:
                node = nodes[group[0]]
                if isinstance(node, tree.Tool):
                    self.tools[node.name] = self._tool(node)
                else:
                    self._declare(node.name, node)

    # declarations

    def _refuse_circle(self, group: list[str]) -> None:
        nodes = {**self.nodes, **self.tool_nodes}
        for name in group:
            if name in self.tool_nodes:
                params = tuple(types.Field(p.name, UNKNOWN) for p in self.tool_nodes[name].params)
                self.tools[name] = types.Tool(name, params, UNKNOWN)
            else:
                self.types[name] = UNKNOWN
        name = min(group, key=lambda n: nodes[n].span.start)
        span = nodes[name].span
        help = "keep the parts in a list or map of their own, and name them by a key"
        self.report.add("LOT-E0213", head_of(span), f"`{name}` contains itself", "of no finite size", help=help)

    def check_variables(self, variables: tuple[str, ...], span: Span) -> None:
        """See that type variables have names of their own. Errors: LOT-E0201."""
        for i, name in enumerate(variables):
            other = self.nodes.get(name)
            is_declared = other is not None and other.span.source is span.source
            if is_declared or name in PLAIN or name in variables[:i]:
                message = f"`{name}` is declared twice"
                self.report.add("LOT-E0201", span, message, "a type variable and a type", help="call the variable `T`")

    def _declare(self, name: str, node: TypeDeclaration) -> None:
        if not isinstance(node, tree.Enum):
            self.check_variables(node.variables, head_of(node.span))
        match node:
            case tree.Enum():
                found: Type = self._enum(node)
            case tree.RecordDeclaration():
                found = self._record(node)
            case tree.AliasDeclaration():
                found = self.of(node.type.type, node.variables)
                own = [Refinement((), node.type.where, frozenset({"it"}))] if node.type.where is not None else []
                self.refinements[name] = (*self.refined(node.type.type), *own)
                self.conditions[name] = self.condition(node.type)
        if is_too_large(found):
            help = "keep the inner parts in a map, and name them by a key"
            found = self.report.add(
                "LOT-E0318", head_of(node.span), f"the type `{name}` is too large", "written out", help=help
            )
        self.types[name] = found

    def _enum(self, node: tree.Enum) -> Type:
        written: dict[str, str] = {}
        for case in node.cases:
            if case.name in written:
                self.report.add(
                    "LOT-E0201", case.span, f"`{case.name}` is declared twice", "again here", help="remove one"
                )
            text = case.name.replace("_", " ") if case.written is None else case.written
            if text in written.values() and case.name not in written:
                self.report.add(
                    "LOT-E0201", case.span, f'two cases are written "{text}"', "again here", help="write them apart"
                )
            written[case.name] = text
        return types.Enum(node.name, tuple(written.items()))

    def _record(self, node: tree.RecordDeclaration) -> Type:
        fields: dict[str, types.Field] = {}
        refinements: list[Refinement] = []
        for field in node.fields:
            if field.name in fields:
                self.report.add(
                    "LOT-E0201", field.span, f"`{field.name}` is declared twice", "again here", help="rename one"
                )
            kind = self.of(field.type.type, node.variables)
            fields[field.name] = types.Field(field.name, kind, self.condition(field.type))
            below = [*self.refined(field.type.type)]
            if field.type.where is not None:
                below.append(Refinement((), field.type.where, frozenset({"it", field.name})))
            refinements += [Refinement((field.name, *r.part), r.condition, r.names) for r in below]
        self.refinements[node.name] = tuple(refinements)
        return types.Record(node.name, tuple(fields.values()))

    def _tool(self, node: tree.Tool) -> types.Tool:
        """Give a tool's type; what is promised of its parameters is kept as refinements of the tool."""
        params: list[types.Field] = []
        below: list[Refinement] = []
        for param in node.params:
            params.append(types.Field(param.name, self.of(param.type.type), self.condition(param.type)))
            own = [*self.refined(param.type.type)]
            if param.type.where is not None:
                own.append(Refinement((), param.type.where, frozenset({"it", param.name})))
            below += [Refinement((node.name, param.name, *r.part), r.condition, r.names) for r in own]
        self.refinements[node.name] = tuple(below)
        return types.Tool(node.name, tuple(params), self.of(node.result))

    # types

    def of(self, node: tree.Type, variables: tuple[str, ...] = (), *, function: bool = False) -> Type:
        """Give the type that is meant. `function`: a function type may stand here."""
        match node:
            case tree.TypeLiteral(_, value):
                return types.Literal((value,))
            case tree.TypeMaybe(_, item):
                return types.maybe(self.of(item, variables))
            case tree.TypeTuple(_, items):
                return types.Tuple(tuple(self.of(item, variables) for item in items))
            case tree.TypeUnion(_, options):
                return self._union(node, [self.of(option, variables) for option in options])
            case tree.TypeName(_, "model" | "index" as kind, ()) if function:
                return types.Resource(kind)
            case tree.TypeFn() if function:
                params = tuple(self.of(p, variables) for p in node.params)
                return types.Function(params, self.of(node.result, variables))
            case tree.TypeFn():
                help = "take the function as a parameter where it is called"
                return self.report.add(
                    "LOT-E0314", node.span, "a function type can't stand here", "not a parameter", help=help
                )
        return self._named(node, variables)

    def _union(self, node: tree.TypeUnion, options: list[Type]) -> Type:
        both = joined(options)
        texts = types.Literal | types.Unknown
        if both is not None and all(isinstance(types.known(option), texts) for option in options):
            return both
        help = "declare an enum, or a record with optional fields"
        return self.report.add("LOT-E0328", node.span, "`|` joins texts only", "not all are texts", help=help)

    def _named(self, node: tree.TypeName, variables: tuple[str, ...]) -> Type:
        if node.name == "call":
            return self._call_type(node)
        if node.name in RESOURCES and not node.arguments:
            help = f"take the {node.name} as a parameter: `{node.name[0]}: {node.name}`"
            message = f"the type `{node.name}` can't stand here"
            return self.report.add("LOT-E0314", node.span, message, "only the type of a parameter", help=help)
        arguments = [self.of(argument, variables) for argument in node.arguments]
        if node.name in variables or node.name in PLAIN:
            self._count(node, 0)
            return types.Variable(node.name) if node.name in variables else PLAIN[node.name]
        if node.name in GENERIC:
            return self._built_in(node, arguments)
        if node.name in self.types:
            return self._declared(node, arguments)
        return self._undefined(node, variables)

    def _call_type(self, node: tree.TypeName) -> Type:
        """Read `call<calc | search>`. Errors: LOT-E0217 for what is no tool."""
        if not self._count(node, 1):
            return UNKNOWN
        written = node.arguments[0]
        found: list[types.Tool] = []
        shown: list[str] = []
        for option in written.options if isinstance(written, tree.TypeUnion) else (written,):
            name = option.name if isinstance(option, tree.TypeName) and not option.arguments else None
            if name is not None and (name in self.tools or name in self.toolboxes):
                found += [self.tools[each] for each in self.toolboxes.get(name, (name,)) if each in self.tools]
                shown.append(name)
            elif name is None or name not in self.in_error:
                self._no_tool(option, name)
        return types.ToolCall(tuple(dict.fromkeys(found)), " | ".join(dict.fromkeys(shown))) if found else UNKNOWN

    def _no_tool(self, node: tree.Type, name: str | None) -> None:
        close = close_name(name, [*self.tool_nodes, *self.toolboxes]) if name else None
        shown = node.span.text
        help = f"write `{close}`" if close else "declare it: `tool name(x: text) -> text = …`"
        self.report.add("LOT-E0217", node.span, f"`{shown}` is no tool", "`call< >` lists tools", help=help)

    def _built_in(self, node: tree.TypeName, arguments: list[Type]) -> Type:
        if not self._count(node, GENERIC[node.name]):
            return UNKNOWN
        if node.name == "map":
            refuse_lacking("key", arguments[0], node.arguments[0].span, self.report, "no key")
            return types.Map(arguments[0], arguments[1])
        return types.List(arguments[0]) if node.name == "list" else types.Choice(arguments[0])

    def _declared(self, node: tree.TypeName, arguments: list[Type]) -> Type:
        declaration = self.nodes[node.name]
        variables = () if isinstance(declaration, tree.Enum) else declaration.variables
        if not self._count(node, len(variables)):
            return UNKNOWN
        if not variables:
            return self.types[node.name]
        found = substitute(self.types[node.name], dict(zip(variables, arguments, strict=True)))
        if isinstance(found, types.Record):
            return types.Record(f"{node.name}<{', '.join(map(str, arguments))}>", found.fields)
        return found

    def _count(self, node: tree.TypeName, wanted: int) -> bool:
        given = len(node.arguments)
        if given == wanted:
            return True
        example = {"list": "list<text>", "map": "map<text, int>", "Choice": "Choice<text>", "call": "call<calc>"}.get(
            node.name
        )
        help = f"write `{example or (node.name + ('<…>' if wanted else ''))}`"
        message = f"`{node.name}` takes {wanted or 'no'} {'type' if wanted == 1 else 'types'}, {given} stand here"
        self.report.add("LOT-E0313", node.span, message, f"{given} stand here", help=help)
        return False

    def _undefined(self, node: tree.TypeName, variables: tuple[str, ...]) -> Type:
        name = node.name
        if name in self.in_error:
            return UNKNOWN
        if name == "cells":
            message, help = "`cells` can't stand here", "write `map<int, …>`"
            return self.report.add("LOT-E0314", node.span, message, "only the type of a memory", help=help)
        meant = habits.TYPES.get(name) or close_name(name, [*variables, *self.nodes, *PLAIN, *GENERIC])
        known = ((self.nodes[meant].span, "a close name is declared here"),) if meant in self.nodes and meant else ()
        help = f"write `{meant}`" if meant else f"declare it: `type {name} {{ field: text }}`"
        label = "not found in this program"
        return self.report.add(
            "LOT-E0204", node.span, f"the type `{name}` is not defined", label, help=help, others=known
        )


def _through(graph: Graph, toolboxes: Mapping[str, tuple[str, ...]], nodes: Mapping[str, object]) -> Graph:
    """Give a graph in which whoever speaks of an index of tools speaks of each of them."""
    return {
        name: tuple(dict.fromkeys(each for other in graph[name] for each in toolboxes.get(other, (other,))))
        for name in nodes
    }
