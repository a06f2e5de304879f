"""Inference of DIVIDE: what the parts are, and whether the function takes one of them.

Next door: `arguments.py` judges functions that are passed; `run/scheduler.py` runs the parts.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.effects import Calling, Named, Param
from lotterylang.check.instructions import Instructions
from lotterylang.check.names import end_of
from lotterylang.check.types import UNKNOWN, Function, Type
from lotterylang.syntax import tree


class Division(Instructions):
    """DIVIDE."""

    def _divide(self, node: tree.Divide, want: Type | None) -> Type:
        parts = self.expr(node.parts)
        item = parts.item if isinstance(parts, types.List) else UNKNOWN
        if not isinstance(parts, types.List | types.Unknown | types.Never):
            message = f"DIVIDE goes through a list of parts, this is `{parts}`"
            self.report.add("LOT-E0320", node.parts.span, message, "no list", help="name a list of parts")
        self.touch("DIVIDE", node.span)
        with self.traced() as trace:
            result = self._solved(node, item)
        self.divisions.append((node, trace, self.frame.function))
        return result if node.mode == "any" else types.List(result)

    def _solved(self, node: tree.Divide, item: Type) -> Type:
        """Judge what solves the parts: a function of the program that takes a part, or a parameter that does."""
        solver = tree.Name(end_of(node.solver, node.span), node.solver)
        local = self.scope.find(node.solver)
        if local is None and node.solver not in self.declared.functions:
            return self._no_function(solver)
        given: tuple[Type, ...] = (item,)
        if node.mode == "each" and self.takes_earlier(node.solver):
            earlier = self.declared.functions[node.solver].params[1].type
            given = (item, earlier)
        result, passed = self.function_argument(solver, Function(given, UNKNOWN))
        if isinstance(passed, Named | Param):
            self.frame.trace.atoms.append(Calling(passed, {}, node.span))
        if len(given) == 2 and result != UNKNOWN and not self.fits(types.List(result), given[1]):
            message = f"`{node.solver}` takes `{given[1]}` as the earlier answers, and gives `{result}`"
            help = f"let its second parameter be `list<{result}>`"
            return self.report.add("LOT-E0301", solver.span, message, "earlier answers", help=help)
        return result

    def takes_earlier(self, name: str) -> bool:
        """Tell whether a function takes a second value: under `each`, the answers to the parts before."""
        if self.scope.find(name) is not None or name not in self.declared.functions:
            return False
        params = self.declared.functions[name].params
        return len(params) > 1 and not params[1].is_optional

    def _no_function(self, node: tree.Name) -> Type:
        name = node.name
        if name in self.declared.nodes.places:
            others = ((self.declared.nodes.places[name], "declared here"),)
            help = "name a function or a solver"
            return self.report.add(
                "LOT-E0306", node.span, f"`{name}` is no function", "solves the parts", help=help, others=others
            )
        kind = self.expr(node)
        if kind != UNKNOWN:
            help = "name a function of the program"
            self.report.add("LOT-E0306", node.span, f"`{name}` is no function", "solves the parts", help=help)
        return UNKNOWN
