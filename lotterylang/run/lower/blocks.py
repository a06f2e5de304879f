"""Expressions made of blocks: `if match within`, and `and`/`or` whose parts need instructions.

Each has two forms: `pure_…`, one closure, where everything in it is simple, and `emit_…`, instructions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotterylang.run.budget import Budget
from lotterylang.run.kinds import belongs
from lotterylang.run.lower import operators
from lotterylang.run.lower.emitter import Evaluate, Label
from lotterylang.run.lower.expressions import ExpressionLowering
from lotterylang.run.machine import RETURN, Instruction, Slots
from lotterylang.run.values import Failure, ToolCall
from lotterylang.syntax import tree


class BlockLowering(ExpressionLowering):
    """Blocks and what is made of them."""

    # blocks

    def pure_block(self, node: tree.Block) -> Evaluate:
        with self.emitter.scope():
            steps = [self.pure(statement) for statement in node.statements]
        if len(steps) == 1 and gives_value(node):
            return steps[0]
        gives = gives_value(node)

        def run(s: Slots) -> Any:
            value = None
            for step in steps:
                value = step(s)
            return value if gives else None

        return run

    def emit_block(self, node: tree.Block) -> int:
        target = self.emitter.layout.slot()
        self.block_into(node, target)
        return target

    def block_into(self, node: Any, target: int) -> None:
        """Put down a block (or a single expression) whose value goes into a slot."""
        if not isinstance(node, tree.Block):
            self.emitter.assign(self.value(node), node, target)
            return
        with self.emitter.scope():
            self._bind_all(node.statements)
            self.statements(node.statements)
            if gives_value(node):
                last = node.statements[-1]
                self.emitter.assign(self.value(last), last, target)
            else:
                self.emitter.assign(lambda s: None, node, target)

    def _bind_all(self, statements: tuple[Any, ...]) -> None:
        """Bind the names of a body with labels: a JUMP may reach a use before the text reaches its binding."""
        if any(isinstance(statement, tree.Label) for statement in statements):
            for statement in statements:
                if isinstance(statement, tree.Let | tree.Read):
                    self.binding(statement.binder)

    def statements(self, statements: tuple[Any, ...]) -> None:
        """Put down the statements of a block, all but a last expression that is its value."""
        for i, statement in enumerate(statements):
            if i + 1 < len(statements) or not is_expression(statement):
                self.statement(statement)

    def pure_let(self, node: tree.Let) -> Evaluate:
        value, bind = self.pure(node.value), self.binding(node.binder)

        def run(s: Slots) -> None:
            bind(s, value(s))

        return run

    def binding(self, binder: tree.Binder) -> Callable[[Slots, Any], None]:
        """Bind names, and give the closure that takes a value apart into their slots."""
        slots = [self.emitter.bind(name) for name in binder]
        if len(slots) == 1:
            only = slots[0]

            def bind_one(s: Slots, value: Any) -> None:
                s[only] = value

            return bind_one

        def bind_all(s: Slots, value: Any) -> None:
            for slot, part in zip(slots, value, strict=True):
                s[slot] = part

        return bind_all

    def pure_ensure(self, node: tree.Ensure) -> Evaluate:
        condition = self.pure(node.condition)
        why = self.pure(node.why) if node.why is not None else None
        promise = " ".join(node.condition.span.text.split())

        def run(s: Slots) -> None:
            if not condition(s):
                raise Failure("Rejected", why(s) if why is not None else f"`{promise}` does not hold")

        return run

    def pure_fail(self, node: tree.Fail) -> Evaluate:
        why = self.pure(node.why)
        best = self.pure(node.best) if node.best is not None else lambda s: None

        def run(s: Slots) -> None:
            raise Failure("Rejected", why(s), best(s))

        return run

    # choices

    def pure_if(self, node: tree.If) -> Evaluate:
        branches = [(self.pure(condition), self.pure(block)) for condition, block in node.branches]
        otherwise = self.pure(node.otherwise) if node.otherwise is not None else None

        def run(s: Slots) -> Any:
            for condition, block in branches:
                if condition(s):
                    value = block(s)
                    return value if otherwise is not None else None
            return otherwise(s) if otherwise is not None else None

        return run

    def emit_if(self, node: tree.If) -> int:
        target, end = self.emitter.layout.slot(), Label()
        for condition, block in node.branches:
            following = Label()
            self.emitter.jump_if(self.value(condition), following, condition, when=False)
            self.block_into(block, target)
            self.emitter.jump(end, node)
            self.emitter.place(following)
        if node.otherwise is not None:
            self.block_into(node.otherwise, target)
        self.emitter.place(end)
        if node.otherwise is None:  # then none of the blocks is its value
            self.emitter.assign(lambda s: None, node, target)
        return target

    def emit_and(self, node: tree.And) -> int:
        return self._short_circuit(node, stop_at=False)

    def emit_or(self, node: tree.Or) -> int:
        return self._short_circuit(node, stop_at=True)

    def _short_circuit(self, node: Any, *, stop_at: bool) -> int:
        target, end = self.emitter.layout.slot(), Label()
        for item in node.items:
            self.emitter.assign(self.value(item), item, target)
            self.emitter.jump_if(lambda s: s[target], end, item, when=stop_at)
        self.emitter.place(end)
        return target

    def emit_comparison(self, node: tree.Comparison) -> int:
        """Put down `a < b < c`: what stands after a pair that does not hold is not evaluated."""
        if len(node.rest) == 1:
            return self.emitter.assign(self.combined(node), node)
        target, end = self.emitter.layout.slot(), Label()
        (sign, second), *rest = node.rest
        left, right = (self.emitter.assign(value, node) for value in self.values([node.first, second]))
        self.emitter.assign(_compared(sign, left, right), node, target)
        for sign, operand in rest:
            self.emitter.jump_if(lambda s: s[target], end, node, when=False)
            left, right = right, self.emitter.assign(self.value(operand), operand)
            self.emitter.assign(_compared(sign, left, right), node, target)
        self.emitter.place(end)
        return target

    def pure_match(self, node: tree.Match) -> Evaluate:
        subject, place = self.pure(node.subject), self.emitter.layout.slot()
        arms = []
        for arm in node.arms:
            with self.emitter.scope():
                test = self.pattern(arm.pattern)
                guard = self.pure(arm.guard) if arm.guard is not None else None
                arms.append((test, guard, self.pure(arm.body)))

        def run(s: Slots) -> Any:
            value = s[place] = subject(s)
            for test, guard, body in arms:
                if test(s, value) and (guard is None or guard(s)):
                    return body(s)
            raise Failure("Impossible", "no arm of the match fits")

        return run

    def emit_match(self, node: tree.Match) -> int:
        subject = self.emitter.assign(self.value(node.subject), node.subject)
        target, end = self.emitter.layout.slot(), Label()
        for arm in node.arms:
            following = Label()
            with self.emitter.scope():
                test = self.pattern(arm.pattern)
                self.emitter.jump_if(_tested(test, subject), following, arm, when=False)
                if arm.guard is not None:
                    self.emitter.jump_if(self.value(arm.guard), following, arm.guard, when=False)
                self.block_into(arm.body, target)
            self.emitter.jump(end, arm)
            self.emitter.place(following)
        self.emitter.assign(_no_arm, node, target)
        self.emitter.place(end)
        return target

    def pattern(self, pattern: Any, *, inside: bool = False) -> Callable[[Slots, Any], bool]:
        """Give the test of a pattern, which also binds its names."""
        if isinstance(pattern, tree.ConstantPattern):
            wanted = pattern.value
            return lambda s, value: (type(value) is type(wanted) and value == wanted) or value is wanted
        if isinstance(pattern, tree.EitherPattern):
            options = [self.pattern(option, inside=inside) for option in pattern.options]
            return lambda s, value: any(option(s, value) for option in options)
        if isinstance(pattern, tree.TuplePattern):
            items = [self.pattern(item, inside=True) for item in pattern.items]
            return lambda s, value: (
                value is not None and all(item(s, part) for item, part in zip(items, value, strict=True))
            )
        if isinstance(pattern, tree.CallPattern):
            return self._call_pattern(pattern)
        if isinstance(pattern, tree.TypePattern):
            return self._type_pattern(pattern)
        name = getattr(pattern, "name", None)
        if name == "_":
            return lambda s, value: True
        if inside and isinstance(pattern, tree.CasePattern) and pattern.enum is None:
            bind = self.binding((pattern.name,))
            return lambda s, value: bind(s, value) is None
        return lambda s, value: getattr(value, "name", None) == name

    def _type_pattern(self, pattern: tree.TypePattern) -> Callable[[Slots, Any], bool]:
        """Give the test of `Hit as h`: an outcome of DEDUCE by its name, else a value of the type that is named."""
        name, named = pattern.type, self.binding((pattern.name or "_",))
        kind, promise = self.program.types.get(id(pattern)), self.program.promises.get(pattern.type)
        if kind is None:
            return lambda s, value: getattr(value, "name", None) == name and named(s, value) is None
        fits, holds = belongs(kind), self.holds(promise) if promise is not None else None
        return lambda s, value: fits(value) and (holds is None or holds(s, value)) and named(s, value) is None

    def _call_pattern(self, pattern: tree.CallPattern) -> Callable[[Slots, Any], bool]:
        tool, slots = pattern.name, [None if name == "_" else self.emitter.bind(name) for name in pattern.params]

        def test(s: Slots, value: Any) -> bool:
            if not isinstance(value, ToolCall) or value.tool != tool:
                return False
            for slot, argument in zip(slots, value.arguments.values(), strict=True):
                if slot is not None:
                    s[slot] = argument
            return True

        return test

    def emit_within(self, node: tree.Within) -> int:
        names = [limit.name for limit in node.limits]
        limits = self.values([limit.value for limit in node.limits])

        def enter(s: Slots) -> None:
            machine = s[0].machine
            amounts = {name: max(int(limit(s)), 0) for name, limit in zip(names, limits, strict=True)}
            if "depth" in amounts:  # a block that bounds the depth is a level itself, so that recursion through it ends
                amounts["depth"] = min(amounts["depth"], machine.budget.level())
            machine.budget = Budget(amounts, machine.budget)

        self.emitter.assign(enter, node, self.emitter.layout.slot())
        self.emitter.budgets += 1
        target = self.emit_block(node.body)
        self.emitter.budgets -= 1
        self.leave_budgets(1, node)
        return target

    def leave_budgets(self, count: int, node: Any) -> None:
        """Put down the end of as many `within` blocks."""

        def leave(s: Slots) -> None:
            for _ in range(count):
                s[0].machine.budget = s[0].machine.budget.outer

        if count:
            self.emitter.assign(leave, node, self.emitter.layout.slot())


def is_expression(node: Any) -> bool:
    """Tell whether a statement is an expression, and so may be the value of its block."""
    return not isinstance(
        node,
        tree.Let
        | tree.Read
        | tree.Write
        | tree.Copy
        | tree.Mov
        | tree.Jump
        | tree.Label
        | tree.Ensure
        | tree.Fail
        | tree.Return
        | tree.Memory
        | tree.Expect,
    )


def gives_value(block: tree.Block) -> bool:
    """Tell whether a block has a value: whether it ends in an expression."""
    return bool(block.statements) and is_expression(block.statements[-1])


def return_of(evaluate: Evaluate) -> Instruction:
    """Give the instruction that returns a value from a code."""

    def run(s: Slots) -> int:
        s[0].request = evaluate(s)
        return RETURN

    return run


def _tested(test: Callable[[Slots, Any], bool], slot: int) -> Evaluate:
    return lambda s: test(s, s[slot])


def _compared(sign: str, left: int, right: int) -> Evaluate:
    holds = operators.COMPARISON[sign]
    return lambda s: holds(s[left], s[right])


def _no_arm(s: Slots) -> None:
    raise Failure("Impossible", "no arm of the match fits")
