"""Expressions that touch nothing, as closures on a frame's slots. One method a tree class: `pure_<class>`.

Next door: `operators.py` computes, `blocks.py` has the expressions made of blocks, `unit.py` says what is simple.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotterylang.check import types
from lotterylang.check.prelude import SURELY
from lotterylang.check.program import WORLD
from lotterylang.run.lower import operators
from lotterylang.run.lower.emitter import Evaluate, slot_reader
from lotterylang.run.lower.of_runs import OF_RUNS
from lotterylang.run.lower.unit import Held, Lowering
from lotterylang.run.machine import Function, Slots
from lotterylang.run.prelude import FUNCTIONS
from lotterylang.run.render import rendered
from lotterylang.run.values import Failure, Record, ToolCall, Tuple
from lotterylang.syntax import tree


class ExpressionLowering(Lowering):
    """Values, operators, calls of the prelude and of constructors."""

    def pure_number(self, node: tree.Number) -> Evaluate:
        value = node.value
        return lambda s: value

    def pure_constant(self, node: tree.Constant) -> Evaluate:
        value = node.value
        return lambda s: value

    def pure_name(self, node: tree.Name) -> Evaluate:
        slot = self.emitter.lookup(node.name)
        if slot is not None:
            return slot_reader(slot)
        constants, name = self.unit.constants, node.name
        if name in self.program.constants:
            return lambda s: constants[name]
        if name in self.program.models or name in self.program.indexes:  # passed by name to a parameter
            return lambda s: name
        function: Any = self.unit.functions.get(name) or self.prelude(name)
        return lambda s: function

    def pure_typevalue(self, node: tree.TypeValue) -> Evaluate:
        cases = operators.cases(node.name, self.program.enums[node.name].cases)
        return lambda s: cases

    def pure_text(self, node: tree.Text) -> Evaluate:
        parts = self.text_parts(node)
        if all(isinstance(part, str) for part in parts):
            text = "".join(part for part in parts if isinstance(part, str))
            return lambda s: text
        return lambda s: "".join([part if isinstance(part, str) else part(s) for part in parts])

    def text_parts(self, node: tree.Text) -> list[str | Evaluate]:
        """Give the parts of a text: literal, or a closure that renders a value."""
        return [p.text if isinstance(p, tree.Piece) else self.rendering(node, p) for p in node.parts]

    def rendering(self, text: tree.Text, part: Any) -> Evaluate:
        """Give the closure that renders a `${}` of a text."""
        evaluate, alone = self.pure(part.value), stands_alone(text, part)
        return lambda s: rendered(evaluate(s), alone)

    def pure_list(self, node: tree.List) -> Evaluate:
        if any(isinstance(item, tree.Spread) for item in node.items):
            spreads = [isinstance(item, tree.Spread) for item in node.items]
            values = [self.pure(i.value if isinstance(i, tree.Spread) else i) for i in node.items]
            pieces = list(zip(values, spreads, strict=True))
            return lambda s: tuple(x for piece, spread in pieces for x in (piece(s) if spread else (piece(s),)))
        items = [self.pure(item) for item in node.items]
        return lambda s: tuple([item(s) for item in items])

    def pure_tuple(self, node: tree.Tuple) -> Evaluate:
        items = [self.pure(item) for item in node.items]
        return lambda s: Tuple([item(s) for item in items])

    def pure_map(self, node: tree.Map) -> Evaluate:
        pairs = [(self.pure(key), self.pure(value)) for key, value in node.pairs]
        return lambda s: {key(s): value(s) for key, value in pairs}

    def pure_attribute(self, node: tree.Attribute) -> Evaluate:
        name = node.name
        if isinstance(node.target, tree.TypeValue):
            enum = self.program.enums[node.target.name]
            case = next(c for c in operators.cases(enum.name, enum.cases) if c.name == name)
            return lambda s: case
        target = self.pure(node.target)
        return lambda s: operators.attribute(target(s), name)

    def pure_item(self, node: tree.Item) -> Evaluate:
        target = self.pure(node.target)
        if isinstance(node.index, tree.Range):
            low, high, is_open = self.pure(node.index.low), self.pure(node.index.high), node.index.open
            return lambda s: operators.span(target(s), low(s), high(s), is_open)
        index = self.pure(node.index)
        return lambda s: operators.item(target(s), index(s))

    def emit_item(self, node: tree.Item) -> int:
        if not isinstance(node.index, tree.Range):
            return self.emitter.assign(self.combined(node), node)
        target, low, high = self.values([node.target, node.index.low, node.index.high])
        is_open = node.index.open
        return self.emitter.assign(lambda s: operators.span(target(s), low(s), high(s), is_open), node)

    def pure_negative(self, node: tree.Negative) -> Evaluate:
        value = self.pure(node.value)
        return lambda s: -value(s)

    def pure_range(self, node: tree.Range) -> Evaluate:
        low, high, is_open = self.pure(node.low), self.pure(node.high), node.open
        return lambda s: operators.integers(low(s), high(s), is_open)

    def pure_arithmetic(self, node: tree.Arithmetic) -> Evaluate:
        evaluate = self.pure(node.first)
        for sign, operand in node.rest:
            evaluate = _binary(operators.ARITHMETIC[sign], evaluate, self.pure(operand))
        return evaluate

    def pure_comparison(self, node: tree.Comparison) -> Evaluate:
        first = self.pure(node.first)
        rest = [(operators.COMPARISON[sign], self.pure(operand)) for sign, operand in node.rest]
        if len(rest) == 1:
            return _binary(rest[0][0], first, rest[0][1])

        def compare(s: Slots) -> bool:
            left = first(s)
            for holds, operand in rest:
                right = operand(s)
                if not holds(left, right):
                    return False
                left = right
            return True

        return compare

    def pure_not(self, node: tree.Not) -> Evaluate:
        value = self.pure(node.value)
        return lambda s: not value(s)

    def pure_and(self, node: tree.And) -> Evaluate:
        items = [self.pure(item) for item in node.items]
        return lambda s: all(item(s) for item in items)

    def pure_or(self, node: tree.Or) -> Evaluate:
        items = [self.pure(item) for item in node.items]
        return lambda s: any(item(s) for item in items)

    def pure_call(self, node: tree.Call) -> Evaluate:
        if isinstance(node.function, tree.TypeValue):
            return self.constructor(node, self.program.records[node.function.name], node.function.name)
        if not self._is_closed_call(node):
            return self._evaluated_call(node)
        if called(node) in self.program.tools:
            return self._filled_tool(node)
        function = self.prelude(called(node))
        args = [self.argument(arg) for arg in node.args if not isinstance(arg, tree.NamedArg)]
        named = {arg.name: self.argument(arg.value) for arg in node.args if isinstance(arg, tree.NamedArg)}
        if named:
            return lambda s: function(*[a(s) for a in args], **{name: a(s) for name, a in named.items()})
        if len(args) == 1:
            only = args[0]
            return lambda s: function(only(s))
        return lambda s: function(*[a(s) for a in args])

    def _filled_tool(self, node: tree.Call) -> Evaluate:
        """Give the closure that puts a tool and its arguments together, and judges what its parameters promise."""
        tool = self.program.tools[called(node)]
        params = tool.node.params
        values = {p.name: self.pure(arg) for p, arg in zip(params, self.bound(node), strict=True)}
        conditions = {p.name: self.program.conditions.get(id(p)) for p in params}
        checks = [
            self.check(name, condition, f"`{name}` of `{tool.name}`")
            for name, condition in conditions.items()
            if condition is not None
        ]

        def fill(s: Slots) -> ToolCall:
            made = ToolCall(tool.name, {name: value(s) for name, value in values.items()})
            for check in checks:
                check(s, made.arguments)
            return made

        return fill

    def pure_endorse(self, node: tree.Endorse) -> Evaluate:
        value, condition = self.pure(node.value), self.program.conditions.get(id(node))
        if condition is None:
            return value
        judge = self.check("it", condition, f"`{' '.join(node.span.text.split())}`")

        def endorsed(s: Slots) -> Any:
            found = value(s)
            judge(s, {"it": found})
            return found

        return endorsed

    def prelude(self, name: str) -> Callable[..., Any]:
        """Give a function of the prelude; some of them know the run."""
        name = name.removeprefix(SURELY)
        return FUNCTIONS[name] if name not in OF_RUNS else OF_RUNS[name](self.unit)

    def _evaluated_call(self, node: tree.Call) -> Evaluate:
        """Call a function of the program where only a pure expression stands: a condition, a promise, an `until`."""
        function, args = self.pure(node.function), [self.pure(arg) for arg in self.bound(node)]

        def call(s: Slots) -> Any:
            called, given = function(s), tuple([arg(s) for arg in args])
            return s[0].machine.evaluate(called, given) if isinstance(called, Function) else called(*given)

        return call

    def bound(self, node: tree.Call) -> list[Any]:
        """Give the arguments of a call in the order of the function's parameters, defaults filled in."""
        name = called(node)
        if self.emitter.lookup(name) is not None:
            return list(node.args)
        tools, functions = self.program.tools, self.program.functions
        logics = self.program.logics
        declared = tools.get(name) or logics.get(name) or functions[name]
        params = declared.node.params
        by_name: dict[str, Any] = {param.name: param.default for param in params}
        positional = [arg for arg in node.args if not isinstance(arg, tree.NamedArg)]
        by_name.update({param.name: arg for param, arg in zip(params, positional, strict=False)})
        by_name.update({arg.name: arg.value for arg in node.args if isinstance(arg, tree.NamedArg)})
        return [by_name[param.name] for param in params]

    def argument(self, node: Any) -> Evaluate:
        """Lower an argument of a prelude function: a function among them becomes a Python callable."""
        evaluate = self.pure(node)
        if not isinstance(node, tree.Lambda | tree.Name | Held):
            return evaluate

        def call(s: Slots) -> Any:
            value = evaluate(s)
            return _callable(value, s) if isinstance(value, Function) else value

        return call

    def pure_lambda(self, node: tree.Lambda) -> Evaluate:
        code = self.nested("lambda", [node.param], node.body)
        code.performs = bool(self.program.effects.get(id(node), frozenset()) & WORLD)
        return lambda s: Function(code, s)

    def constructor(self, node: tree.Call, record: types.Record, called: str) -> Evaluate:
        """Give the closure that builds a record and judges what its fields, and the name it is built by, promise."""
        spread = next((self.pure(arg.value) for arg in node.args if isinstance(arg, tree.Spread)), None)
        named = {arg.name: self.pure(arg.value) for arg in node.args if isinstance(arg, tree.NamedArg)}
        name, order = record.name, [f.name for f in record.fields]
        left_out: dict[str, Any] = {f.name: {} for f in record.fields if f.is_optional}
        checks = [self.check(f.name, f.where, f"`{name}.{f.name}`") for f in record.fields if f.where is not None]
        promise = self.program.promises.get(called)
        whole = self.check("it", promise, f"`{called}`") if promise is not None else None

        def build(s: Slots) -> Record:
            fields = left_out | (spread(s).fields if spread is not None else {})
            for field, value in named.items():
                fields[field] = value(s)
            made = Record(name, {field: fields[field] for field in order})
            for check in checks:
                check(s, made.fields)
            if whole is not None:
                whole(s, {"it": made})
            return made

        return build

    def holds(self, where: Any) -> Callable[[Slots, Any], bool]:
        """Give the test of a condition on a value, which `it` stands for."""
        with self.emitter.scope():
            slot = self.emitter.bind("it")
            condition = self.pure(where)

        def test(s: Slots, value: Any) -> bool:
            s[slot] = value
            return bool(condition(s))

        return test

    def check(self, name: str, where: Any, what: str) -> Callable[[Slots, dict[str, Any]], None]:
        """Give the closure that judges a `where` of a field or parameter. Errors, when it runs: Failure Rejected."""
        with self.emitter.scope():
            slot = self.emitter.bind(name)
            self.emitter.scopes[-1]["it"] = slot
            holds = self.pure(where)
        promise = " ".join(where.span.text.split())

        def judge(s: Slots, fields: dict[str, Any]) -> None:
            s[slot] = fields[name]
            if not holds(s):
                raise Failure("Rejected", f"{what} does not keep its promise `{promise}`")

        return judge


def called(node: tree.Call) -> str:
    """Give the name that a call calls."""
    return node.function.name if isinstance(node.function, tree.Name) else ""


def stands_alone(text: tree.Text, part: Any) -> bool:
    """Tell whether a `${}` is all that its line of the text holds."""
    place = next(i for i, p in enumerate(text.parts) if p is part)
    before = text.parts[place - 1] if place else None
    after = text.parts[place + 1] if place + 1 < len(text.parts) else None
    starts = before is None or (isinstance(before, tree.Piece) and before.text.rstrip(" \t").endswith("\n"))
    ends = after is None or isinstance(after, tree.RoleLine)
    return starts and (ends or (isinstance(after, tree.Piece) and after.text.lstrip(" \t").startswith("\n")))


def _binary(operation: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda s: operation(left(s), right(s))


def _callable(function: Function, s: Slots) -> Callable[..., Any]:
    return lambda *args: s[0].machine.evaluate(function, args)
