"""CALL as an instruction: the effect goes out, and its reply becomes a value of the type that is declared."""

from __future__ import annotations

from typing import Any

from lotterylang.run.convert import Mismatch, from_json, to_data
from lotterylang.run.effects import Call, Called
from lotterylang.run.lower.prompts import PromptLowering
from lotterylang.run.machine import Slots
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree


class OutsideLowering(PromptLowering):
    """The instructions that go outside, models aside."""

    def emit_calltool(self, node: tree.CallTool) -> int:
        called = self.emitter.assign(self.value(node.call), node.call)
        tools = self.program.tools

        def call(s: Slots) -> Call:
            made = s[called]
            given = tuple((name, to_data(value)) for name, value in made.arguments.items())
            return Call(s[0].path.effect("call"), made.tool, given, tools[made.tool].acts)

        return self.effect(node, call, lambda s, reply: _result(tools[s[called].tool].kind, reply))


def _result(tool: Any, reply: Called) -> Value:
    """Give what a tool gave. Errors: Failure ToolFailed for what is not of its type."""
    try:
        return from_json(tool.result, reply.value)
    except Mismatch as problem:
        raise Failure("ToolFailed", f"`{tool.name}` gave something else than `{tool.result}`: {problem}") from None
