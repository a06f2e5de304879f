"""FIND, CALL and DEDUCE as instructions: the effect goes out, and its reply becomes a value of the declared type.

Next door: `run/outside.py` turns values into what crosses, and back.
"""

from __future__ import annotations

from typing import Any

from lotterylang.run import outside
from lotterylang.run.convert import to_data
from lotterylang.run.effects import Call, Deduce, Find
from lotterylang.run.lower.emitter import Evaluate
from lotterylang.run.lower.prompts import PromptLowering
from lotterylang.run.machine import Slots
from lotterylang.run.values import Value
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

        return self.effect(node, call, lambda s, reply: outside.called(tools[s[called].tool].kind, reply))

    def emit_find(self, node: tree.Find) -> int:
        named = node.index.name if isinstance(node.index, tree.Name) else ""
        index = named if named in self.program.indexes and self.emitter.lookup(named) is None else None
        searched = [] if index is not None else [node.index]
        parts = self.values([node.count, *searched, node.query])
        count, *sources, query = (self.emitter.assign(part, node) for part in parts)
        holds = self._holds(node.where)

        def find(s: Slots) -> Find | Value:
            wanted = max(s[count], 0)
            passages = outside.passages(s[sources[0]]) if sources else ()
            if index is None and holds is not None:
                passages = tuple(p for p in passages if holds(s, outside.hit(p)))
            if wanted == 0 or (index is None and not passages):
                return ()
            asked = wanted if index is None or holds is None else max(wanted, outside.MOST_FILTERED)
            return Find(s[0].path.effect("find"), index, passages, asked, s[query])

        def found(s: Slots, reply: Any) -> Value:
            hits = tuple(map(outside.hit, reply.hits))
            kept = hits if holds is None else tuple(each for each in hits if holds(s, each))
            return kept[: max(s[count], 0)]

        return self.effect(node, find, found)

    def _holds(self, where: Any) -> Any:
        """Give the test of a `where` on a hit; None where there is none."""
        if where is None:
            return None
        with self.emitter.scope():
            slot = self.emitter.bind("it")
            condition: Evaluate = self.pure(where)

        def holds(s: Slots, value: Value) -> bool:
            s[slot] = value
            return bool(condition(s))

        return holds

    def emit_deduce(self, node: tree.Deduce) -> int:
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
            facts = tuple((p.name, outside.rows(p.name, s[slot])) for p, slot in zip(params, given, strict=True))
            relations = tuple((name, len(parts)) for name, parts in logic.relations)
            path = s[0].path.effect("deduce")
            return Deduce(path, logic.name, logic.rules, facts, relations, node.mode, node.models)  # type: ignore[arg-type]

        def deduced(s: Slots, reply: Any) -> Value:
            values = {p.name: s[slot] for p, slot in zip(params, given, strict=True)}
            return outside.deduced(logic, node.mode, values, reply)

        return self.effect(node, deduce, deduced)
