"""`expect` in an example, as instructions: what is expected is evaluated, and a failure may be what is expected."""

from __future__ import annotations

from typing import Any

from lotterylang.run.convert import shown
from lotterylang.run.lower.emitter import Label
from lotterylang.run.lower.outside import OutsideLowering
from lotterylang.run.machine import Handler, Slots
from lotterylang.run.values import Failure
from lotterylang.syntax import tree


class Unmet(Failure):
    """An expectation that does not hold: a failed test, never a failure of the program."""

    def __init__(self, message: str, node: tree.Expect) -> None:
        super().__init__("Unmet", message)
        self.node = node


class ExpectationLowering(OutsideLowering):
    """Expectations."""

    def emit_expect(self, node: tree.Expect) -> None:
        if node.fails is not None:
            self._expect_failure(node, node.fails)
        elif isinstance(node.value, tree.Comparison) and len(node.value.rest) == 1:
            self._expect_comparison(node, node.value)
        else:
            value = self.value(node.value)
            self.emitter.assign(lambda s: _require(value(s), "it is false", node), node, self.emitter.layout.slot())

    def _expect_comparison(self, node: tree.Expect, comparison: tree.Comparison) -> None:
        (sign, right_node), left_node = comparison.rest[0], comparison.first
        left, right = self.values([left_node, right_node])
        a, b = self.emitter.assign(left, left_node), self.emitter.assign(right, right_node)
        held = tree.Comparison(comparison.span, self.in_slot(left_node, a), ((sign, self.in_slot(right_node, b)),))
        holds = self.pure(held)

        def judge(s: Slots) -> None:
            _require(holds(s), f"left is {shown(s[a])}, right is {shown(s[b])}", node)

        self.emitter.assign(judge, node, self.emitter.layout.slot())

    def in_slot(self, node: Any, slot: int) -> Any:
        """Give a node that stands for a value already in a slot."""
        return self.held(node, lambda s: s[slot])

    def _expect_failure(self, node: tree.Expect, kind: str) -> None:
        caught, end, slot = Label(), Label(), self.emitter.layout.slot()

        def watch(s: Slots) -> None:
            frame, machine = s[0], s[0].machine
            machine.handlers.append(Handler(frame, caught.pc, slot, frame.path, machine.budget, machine.memory))

        def not_failed(s: Slots) -> None:
            s[0].machine.handlers.pop()
            raise Unmet(f"it gave {shown(s[value])}, where the failure {kind} was expected", node)

        def judge(s: Slots) -> None:
            failure = s[slot]
            _require(failure.kind == kind, f"it failed {failure.kind}: {failure.message}", node)

        self.emitter.assign(watch, node, self.emitter.layout.slot())
        value = self.emitter.assign(self.value(node.value), node.value)
        self.emitter.assign(not_failed, node, self.emitter.layout.slot())
        self.emitter.jump(end, node)
        self.emitter.place(caught)
        self.emitter.assign(judge, node, self.emitter.layout.slot())
        self.emitter.place(end)


def _require(holds: Any, otherwise: str, node: tree.Expect) -> None:
    if not holds:
        raise Unmet(otherwise, node)
