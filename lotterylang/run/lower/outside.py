"""CALL and DEDUCE as instructions: the effect goes out, and its reply becomes a value of the declared type.

Next door: `finding.py` has FIND; `run/outside.py` turns values into what crosses, and back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotterylang.check.program import ToolDeclaration
from lotterylang.check.types import ToolCall as ToolType
from lotterylang.run import outside
from lotterylang.run.convert import to_data
from lotterylang.run.effects import Call, Deduce
from lotterylang.run.lower.entering import Judge, judge_of
from lotterylang.run.lower.finding import FindLowering
from lotterylang.run.machine import Slots
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree


class OutsideLowering(FindLowering):
    """The instructions that go outside, models aside."""

    def emit_calltool(self, node: tree.CallTool) -> int:
        called = self.emitter.assign(self.value(node.call), node.call)
        tools = self.program.tools

        def call(s: Slots) -> Call:
            made = s[called]
            given = tuple((name, to_data(value)) for name, value in made.arguments.items())
            return Call(s[0].path.effect("call"), made.tool, given, tools[made.tool].acts)

        kind = self.program.types.get(id(node.call))
        names = [tool.name for tool in kind.tools] if isinstance(kind, ToolType) else []
        judges = {name: self._of_result(tools[name]) for name in names}

        def result(s: Slots, reply: Any) -> Value:
            name = s[called].tool
            value = outside.called(tools[name].kind, reply)
            for judge in judges[name]:
                _judged(judge, name, s, value)
            return value

        return self.effect(node, call, result)

    def _of_result(self, tool: ToolDeclaration) -> list[Judge]:
        """Give what judges the result of a tool: nobody in the program has built it."""
        records, condition = judge_of(self, tool.kind.result), self.program.conditions.get(id(tool.node))
        found = [records] if records is not None else []
        if condition is not None:
            check = self.check("it", condition, "it")
            found.append(lambda s, value: check(s, {"it": value}))
        return found

    def emit_deduce(self, node: tree.Deduce) -> int:
        logic = self.program.logics[node.logic]
        params = [param.name for param in logic.node.params]
        given, deduce = self._deduction(node, node.mode)

        def deduced(s: Slots, reply: Any) -> Value:
            values = {name: s[slot] for name, slot in zip(params, given, strict=True)}
            return outside.deduced(logic, node.mode, values, reply)

        return self.effect(node, deduce, deduced)

    def emit_derived(self, node: tree.Derived) -> int:
        logic = self.program.logics[node.deduce.logic]
        _, deduce = self._deduction(node.deduce, node.deduce.mode or "could")
        return self.effect(node, deduce, lambda s, reply: outside.derived(logic, node.relation, reply))

    def _deduction(self, node: tree.Deduce, mode: Any) -> tuple[list[int], Callable[[Slots], Deduce]]:
        """Lower what a DEDUCE is given; give the slots of its facts, and what makes the effect."""
        logic = self.program.logics[node.logic]
        call = tree.Call(node.span, tree.Name(node.span, node.logic), node.args)
        params = logic.node.params
        given = [self.emitter.assign(value, node) for value in self.values(self.bound(call))]
        conditions = [self.program.conditions.get(id(param)) for param in params]
        checks = [
            (param.name, slot, self.check(param.name, condition, f"`{param.name}` of `{logic.name}`"))
            for param, slot, condition in zip(params, given, conditions, strict=True)
            if condition is not None
        ]

        def deduce(s: Slots) -> Deduce:
            for name, slot, check in checks:
                check(s, {name: s[slot]})
            values = {param.name: s[slot] for param, slot in zip(params, given, strict=True)}
            return outside.deduction(s[0].path.effect("deduce"), logic, mode, node.models, values)

        return given, deduce


def _judged(judge: Judge, tool: str, s: Slots, value: Value) -> None:
    """Judge what a tool gave. Errors: Failure ToolFailed."""
    try:
        judge(s, value)
    except Failure as failure:
        raise Failure("ToolFailed", f"`{tool}` gave something else than it promises: {failure.message}") from None
