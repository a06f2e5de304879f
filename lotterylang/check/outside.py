"""Inference of the instructions that go outside: CALL runs a tool.

Next door: `instructions.py` has those that ask a model or touch memory; `toolbox.py` reads the declarations.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.instructions import Instructions
from lotterylang.check.relations import joined
from lotterylang.check.types import UNKNOWN, Type
from lotterylang.syntax import tree


class Outside(Instructions):
    """What asks the world outside of models."""

    def _call_tool(self, node: tree.CallTool, want: Type | None) -> Type:
        kind = self.expr(node.call)
        if not isinstance(kind, types.ToolCall):
            return self._no_call(node, kind)
        self.touch("CALL", node.span)
        for tool in kind.tools:
            if self.declared.tools[tool.name].acts:
                self.touch(f"uses {tool.name}", node.span)
        results = tuple(dict.fromkeys(tool.result for tool in kind.tools))
        return joined(list(results)) or types.Either(results)

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
