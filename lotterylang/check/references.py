"""Inference of names: what a name stands for here, and what was meant where it stands for nothing."""

from __future__ import annotations

from lotterylang.check import habits, types
from lotterylang.check.declared import prelude
from lotterylang.check.judge import Judge
from lotterylang.check.names import close_name
from lotterylang.check.types import HIT, UNKNOWN, Type, known
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

_ELSEWHERE = {
    "it": "`it` stands in `where` and in a solver's `verify`",
    "parts": "`parts` stands in a solver, above all in `combine`",
    "candidates": "`candidates` stands in a solver's `select`",
    "answers": "`answers` stands in a solver with `requests`",
    "feedback": "`feedback` stands in a solver; elsewhere write `retry 3 as feedback { … }`",
}
"""What to say of a name that some places have without a binding."""


class References(Judge):
    """Names of values and types."""

    def _name(self, node: tree.Name, want: Type | None) -> Type:
        name = node.name
        local = self.scope.find(name)
        if local is not None:
            if isinstance(local.type, types.Function):
                return self._function_as_value(node)
            if isinstance(local.type, types.Resource):
                return self._resource_as_value(node, local.type.kind, local.span)
            return self.scope.shown((name,)) or local.type
        if self.frame.allows_cases and (case := self.case_named(name, want)) is not None:
            return case
        if name in self.declared.constants:
            return self.declared.constants[name] or UNKNOWN
        if name in self.declared.functions or (name in prelude() and name not in self.declared.nodes.places):
            return self._function_as_value(node)
        return self._no_value(node)

    def case_named(self, name: str, want: Type | None) -> Type | None:
        """Give the enum that has a case of this name: the one asked for, else any."""
        wanted = known(want) if want is not None else None
        if isinstance(wanted, types.Enum):
            return wanted if name in dict(wanted.cases) else None
        found = [kind for kind in self.declared.written.types.values() if isinstance(kind, types.Enum)]
        return next((kind for kind in found if name in dict(kind.cases)), None)

    def _function_as_value(self, node: tree.Name) -> Type:
        message = f"the function `{node.name}` is no value"
        help = f"call it: `{node.name}(…)`; a function stands alone only as an argument"
        return self.report.add("LOT-E0307", node.span, message, "not called", help=help)

    def _no_value(self, node: tree.Name) -> Type:
        name, place = node.name, self.declared.place(node.name)
        others = ((place, "declared here"),) if place is not None else ()
        if name in self.declared.memories or name in self.frame.memories:
            message, help = f"`{name}` is a memory, not a value", f"write `READ {name} -> …` before, and use that name"
            return self.report.add("LOT-E0207", node.span, message, "no value", help=help, others=others)
        if name in self.declared.models:
            return self._resource_as_value(node, "model", place)
        if name in self.declared.indexes:
            return self._resource_as_value(node, "index", place)
        if name in self.declared.logics:
            message, help = f"`{name}` is a logic, not a value", f"write `DEDUCE {name}(…)`"
            return self.report.add("LOT-E0207", node.span, message, "no value", help=help, others=others)
        if name in self.declared.tools:
            message, help = f"`{name}` is a tool, not a value", f"give it what it takes: `{name}(…)`"
            return self.report.add("LOT-E0207", node.span, message, "no value", help=help, others=others)
        return self.undefined(node)

    def _resource_as_value(self, node: tree.Name, kind: str, place: Span | None) -> Type:
        name, others = node.name, ((place, "declared here"),) if place else ()
        message = f"`{name}` is {'an' if kind == 'index' else 'a'} {kind}, not a value"
        help = "a model stands after ASK, CHOOSE and SCORE, or is passed to a parameter of type `model`"
        if kind == "index":
            help = f"write `FIND 3 in {name} for …`, or pass it to a parameter of type `index`"
        return self.report.add("LOT-E0207", node.span, message, "no value", help=help, others=others)

    def undefined(self, node: tree.Name) -> Type:
        """Say that a name is bound to nothing here. Errors: LOT-E0203, LOT-E0214, LOT-E0215, LOT-E0406."""
        name = node.name
        if name in self.declared.nodes.in_error:
            return UNKNOWN
        if name in self.frame.holes:
            help = "judge it after the ASK: `ensure …`"
            if self.frame.is_derived:
                help = f"an ASK before this one fills it: `let first = ASK …`; then write `first.{name}` here"
            message = f"`{name}` is filled by this same ASK"
            return self.report.add("LOT-E0406", node.span, message, "not bound before it", help=help)
        if name in self.frame.late:
            others = ((self.frame.late[name], "bound on this path only"),)
            help = "bind it before the label, or on every path that leads here"
            message = f"`{name}` is not bound on every path to here"
            return self.report.add("LOT-E0214", node.span, message, "perhaps not bound", help=help, others=others)
        case = self.case_named(name, None)
        if case is not None:
            message, help = f"`{name}` is a case of `{case}`", f"write `{case}.{name}`"
            return self.report.add("LOT-E0215", node.span, message, "bare only in patterns and replies", help=help)
        return self._not_defined(node)

    def _not_defined(self, node: tree.Name) -> Type:
        name = node.name
        close = close_name(name, [*self.scope.names(), *self.declared.values()])
        binding = self.scope.find(close) if close else None
        place = binding.span if binding else self.declared.place(close) if close else None
        others = ((place, "a close name is defined here"),) if place is not None else ()
        help = _ELSEWHERE.get(name) or habits.FUNCTIONS.get(name)
        if help is None:
            help = f"write `{close}`" if close else "bind it by `let`, or make it a parameter"
        label = "not found in this program or its imports"
        return self.report.add("LOT-E0203", node.span, f"`{name}` is not defined", label, help=help, others=others)

    def _type_value(self, node: tree.TypeValue, want: Type | None) -> Type:
        kind = HIT if node.name == "Hit" else self.declared.written.types.get(node.name)
        if kind is None:
            return self.undefined_type(node)
        if isinstance(kind, types.Enum):
            case = kind.cases[0][0] if kind.cases else "case"
            help = f"write a case, `{node.name}.{case}`, or `from {node.name}` after CHOOSE"
        else:
            help = f"build a value: `{node.name}(…)`"
        message = f"the type `{node.name}` is no value"
        return self.report.add("LOT-E0307", node.span, message, "a type", help=help)

    def undefined_type(self, node: tree.TypeValue) -> Type:
        """Say that a type is not declared. Errors: LOT-E0204."""
        if node.name in self.declared.nodes.in_error:
            return UNKNOWN
        if node.name in habits.VALUES:
            help = f"write `{habits.VALUES[node.name]}`"
            label = "begins with a capital, as types do"
            return self.report.add("LOT-E0203", node.span, f"`{node.name}` is not defined", label, help=help)
        close = habits.TYPES.get(node.name) or close_name(node.name, self.declared.written.nodes)
        help = f"write `{close}`" if close else f"declare it: `type {node.name} {{ field: text }}`"
        place = self.declared.place(close) if close else None
        others = ((place, "a close name is declared here"),) if place is not None else ()
        message = f"the type `{node.name}` is not defined"
        return self.report.add("LOT-E0204", node.span, message, "not found in this program", help=help, others=others)
