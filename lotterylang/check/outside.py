"""Inference of the instructions that go outside: FIND searches, CALL runs a tool, DEDUCE derives by rules.

Next door: `instructions.py` has those that ask a model or touch memory; `toolbox.py` reads the declarations.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.declared import Callee, Parameter
from lotterylang.check.divide import Division
from lotterylang.check.grants import short_name, wanted
from lotterylang.check.names import close_name
from lotterylang.check.program import ToolDeclaration
from lotterylang.check.relations import fits, joined
from lotterylang.check.rules import deduction_of, rows_of
from lotterylang.check.types import HIT, INDEX, INT, TEXT, UNKNOWN, Type
from lotterylang.syntax import tree


class Outside(Division):
    """What asks the world outside of models."""

    def _find(self, node: tree.Find, want: Type | None) -> Type:
        self.expr(node.count, INT)
        if not self._names_index(node.index):
            self._searched_list(node)
        self.expr(node.query, TEXT)
        if node.where is not None:
            self.where(node.where, ("it",), HIT)
        self.touch("FIND", node.span)
        return types.List(HIT)

    def _names_index(self, node: tree.Expr) -> bool:
        """Tell whether an index is named, or a parameter that is one."""
        if not isinstance(node, tree.Name):
            return False
        local = self.scope.find(node.name)
        is_index = local.type == INDEX if local is not None else node.name in self.declared.indexes
        if is_index:
            self.note(node, INDEX)
        return is_index

    def _searched_list(self, node: tree.Find) -> None:
        if isinstance(node.index, tree.Name) and self.scope.find(node.index.name) is None:
            name = node.index.name
            close = close_name(name, self.declared.indexes)
            if name not in self.declared.constants and name not in self.declared.nodes.in_error and close is not None:
                message = f"there is no index `{name}`"
                self.report.add("LOT-E0424", node.index.span, message, "no index", help=f"write `{close}`")
                return
        kind = self.expr(node.index)
        if not fits(kind, types.List(TEXT)) and not fits(kind, types.List(HIT)):
            help = "name an index, or a `list<text>`"
            message = f"FIND searches an index or a list of texts, this is `{kind}`"
            self.report.add("LOT-E0424", node.index.span, message, "no index", help=help)

    def _deduce(self, node: tree.Deduce, want: Type | None) -> Type:
        logic = self.declared.logics.get(node.logic)
        call = tree.Call(node.span, tree.Name(node.span, node.logic), node.args)
        self.touch("DEDUCE", node.span)
        if logic is None:
            self._judge_loosely(call)
            return self._no_logic(node)
        found = deduction_of(logic, node.mode)
        has_default = [param.default is not None for param in logic.node.params]
        params = zip(logic.params, has_default, strict=True)
        taken = tuple(Parameter(field.name, field.type, is_optional) for field, is_optional in params)
        application = self._matched(call, Callee(logic.name, taken, found))
        if application is not None:
            self._fill(application)
        if node.models == 0:
            self.report.add("LOT-E0427", node.span, "`models 0` asks for nothing", "no model", help="write `models 3`")
        return found

    def _derived(self, node: tree.Derived, want: Type | None) -> Type:
        """Give the type of the values of a relation, as a list. Errors: LOT-E0427."""
        if id(node) in self.bounding:
            return self.types[id(node)]
        found = self._deduce(node.deduce, None)
        self.note(node.deduce, found)
        if not isinstance(found, types.Deduction):
            return UNKNOWN
        if node.deduce.mode == "models":
            message = "`models` gives answers one by one, not the values that they have"
            return self.report.add("LOT-E0427", node.span, message, "no values", help="write `could`, or `must`")
        relations = dict(self.declared.logics[node.deduce.logic].relations)
        name = node.relation or (next(iter(relations)) if len(relations) == 1 else None)
        if name in relations:
            return rows_of(relations[name])
        close = close_name(name, relations) if name is not None else None
        said = " or ".join(f"`.{each}`" for each in ([close] if close else relations))
        fact = "several relations" if name is None else f"no `{name}`"
        message = f"`{found.logic}` derives {fact}"
        return self.report.add("LOT-E0427", node.span, message, "which values?", help=f"write {said} after it")

    def _no_logic(self, node: tree.Deduce) -> Type:
        if node.logic in self.declared.nodes.in_error:
            return UNKNOWN
        close, place = close_name(node.logic, self.declared.logics), self.declared.place(node.logic)
        others = ((place, "declared here"),) if place is not None else ()
        help = f"write `{close}`" if close else "declare it: `logic name(fact: list<text>) -> relation(text) { … }`"
        message = f"there is no logic `{node.logic}`"
        return self.report.add("LOT-E0427", node.span, message, "no logic", help=help, others=others)

    def _call_tool(self, node: tree.CallTool, want: Type | None) -> Type:
        kind = self.expr(node.call)
        if not isinstance(kind, types.ToolCall):
            return self._no_call(node, kind)
        self.touch("CALL", node.span)
        for tool in kind.tools:
            declared = self.declared.tools[tool.name]
            if declared.acts:
                self.touch(f"uses {tool.name}", node.span)
            if declared.leave is not None:
                self._see_granted(declared, node)
        results = tuple(dict.fromkeys(tool.result for tool in kind.tools))
        return joined(list(results)) or types.Either(results)

    def _see_granted(self, tool: ToolDeclaration, node: tree.CallTool) -> None:
        """See that the program grants a tool that needs leave. Errors: LOT-E0521."""
        is_said = tool.name in self.declared.grants or tool.name in self.declared.nodes.in_error
        if not is_said and not self.declared.is_import:
            message = f"`{tool.name}` {tool.does}, and the program does not say that it may"
            help = f"write `{wanted(tool, short_name(tool))}` at the top of the main file"
            place = self.declared.place(tool.name)
            others = ((place, "declared here"),) if place is not None else ()
            self.report.add("LOT-E0521", node.span, message, "not granted", help=help, others=others)

    def _no_call(self, node: tree.CallTool, kind: Type) -> Type:
        self.touch("CALL", node.span)
        if isinstance(kind, types.Unknown | types.Never):
            return UNKNOWN
        function = node.call.function if isinstance(node.call, tree.Call) else None
        help = "write `CALL tool(…)`, or a value of type `call<…>`"
        if isinstance(function, tree.Name) and function.name in self.declared.functions:
            help = "a function is called without CALL; declare a tool: `tool name(x: text) -> text = …`"
        message = f"CALL runs a tool, this is `{kind}`"
        return self.report.add("LOT-E0423", node.call.span, message, f"this is `{kind}`", help=help)
