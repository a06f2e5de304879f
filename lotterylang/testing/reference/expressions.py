"""Expressions that touch nothing by themselves: values, operators, texts, calls and constructors."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lotterylang.check import types
from lotterylang.check.prelude import SURELY
from lotterylang.check.program import WORLD, Program, ToolDeclaration
from lotterylang.run.fitting import fit, words_and_signs
from lotterylang.run.paths import Path
from lotterylang.run.prelude import FUNCTIONS
from lotterylang.run.render import rendered
from lotterylang.run.values import Case, Failure, Record, Said, ToolCall, Tuple
from lotterylang.syntax import tree
from lotterylang.testing.reference import operators
from lotterylang.testing.reference.state import Budget, Function, Memory, Names, Place


def _tokens(*args: Any, m: str | None = None, x: Any = None) -> Any:
    """Count the tokens of a text or a reply; here no model has a tokenizer."""
    value = x if x is not None else args[-1]
    return _said(value, "tokens").tokens if isinstance(value, Record) else words_and_signs(value)


def _said(reply: Record, name: str) -> Said:
    if reply.said is None:
        raise Failure("Undefined", f"`{name}` of a record that no ASK gave")
    return reply.said


OF_RUNS: Mapping[str, Callable[..., Any]] = {
    "fit": lambda x, tokens: fit(x, tokens, words_and_signs),
    "logprob": lambda x: _said(x, "logprob").logprob,
    "tokens": _tokens,
}


def _prelude(name: str) -> Callable[..., Any]:
    name = name.removeprefix(SURELY)
    return OF_RUNS[name] if name in OF_RUNS else FUNCTIONS[name]


class Expressions(ABC):
    """One run of one program, as far as plain values."""

    program: Program
    constants: Names
    place: Place
    budget: Budget
    memory: Memory
    met_limits: bool = False

    def eval(self, node: Any, names: Names) -> Any:
        """Give the value of an expression."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise AssertionError(f"the reference does not know {type(node).__name__}")
        return method(node, names)

    @abstractmethod
    def block(self, node: Any, names: Names) -> Any:
        """Give the value of a block, or of a single expression in its place."""

    @abstractmethod
    def body(self, name: str, args: tuple[Any, ...]) -> Any:
        """Run a function of the program in the present place."""

    @contextmanager
    def under(self, place: Place) -> Iterator[None]:
        """Go to a place of the path; a failure there notes the innermost place that it came through."""
        outer, self.place = self.place, place
        try:
            yield
        except Failure as failure:
            self.note(failure)
            raise
        finally:
            self.place = outer

    def note(self, failure: Failure) -> None:
        """Note where a failure happened, unless that is known, and that a limit was met."""
        self.met_limits = self.met_limits or failure.kind == "BudgetSpent"
        if not failure.passed:
            failure.passed.append((Path(self.place.path), ""))

    # leaves

    def _number(self, node: tree.Number, names: Names) -> Any:
        return node.value

    def _constant(self, node: tree.Constant, names: Names) -> Any:
        return node.value

    def _name(self, node: tree.Name, names: Names) -> Any:
        name = node.name
        if name in names:
            return names[name]
        if name in self.constants:
            return self.constants[name]
        if name in self.program.models or name in self.program.indexes:
            return name
        if name in self.program.functions:
            asks = bool(self.program.functions[name].effects & WORLD)
            return Function(name, asks, lambda *args: self.body(name, args))
        return _prelude(name)

    def _typevalue(self, node: tree.TypeValue, names: Names) -> tuple[Case, ...]:
        cases = self.program.enums[node.name].cases
        return tuple(Case(node.name, case, written, place) for place, (case, written) in enumerate(cases))

    def _text(self, node: tree.Text, names: Names) -> str:
        return "".join(self.text_part(node, part, names) for part in node.parts)

    def text_part(self, text: tree.Text, part: Any, names: Names) -> str:
        """Give a piece of a text, or a value in it as it is shown there."""
        if isinstance(part, tree.Piece):
            return part.text
        place = [other is part for other in text.parts].index(True)
        before, after = text.parts[:place][-1:], text.parts[place + 1 :][:1]
        starts = not before or (isinstance(before[0], tree.Piece) and re.search(r"\n[ \t]*\Z", before[0].text))
        ends = not after or isinstance(after[0], tree.RoleLine)
        ends = ends or (isinstance(after[0], tree.Piece) and re.match(r"[ \t]*\n", after[0].text) is not None)
        return rendered(self.eval(part.value, names), bool(starts) and ends)

    def _list(self, node: tree.List, names: Names) -> tuple[Any, ...]:
        found: list[Any] = []
        for part in node.items:
            found += self.eval(part.value, names) if isinstance(part, tree.Spread) else [self.eval(part, names)]
        return tuple(found)

    def _map(self, node: tree.Map, names: Names) -> dict[Any, Any]:
        return {self.eval(key, names): self.eval(value, names) for key, value in node.pairs}

    def _tuple(self, node: tree.Tuple, names: Names) -> Tuple:
        return Tuple([self.eval(part, names) for part in node.items])

    def _attribute(self, node: tree.Attribute, names: Names) -> Any:
        if isinstance(node.target, tree.TypeValue):
            return next(case for case in self._typevalue(node.target, names) if case.name == node.name)
        return self.eval(node.target, names).fields[node.name]

    def _item(self, node: tree.Item, names: Names) -> Any:
        target = self.eval(node.target, names)
        if isinstance(node.index, tree.Range):
            ends = self.eval(node.index.low, names), self.eval(node.index.high, names)
            return operators.span(target, *ends, node.index.open)
        return operators.item(target, self.eval(node.index, names))

    # operators

    def _negative(self, node: tree.Negative, names: Names) -> Any:
        return -self.eval(node.value, names)

    def _arithmetic(self, node: tree.Arithmetic, names: Names) -> Any:
        value = self.eval(node.first, names)
        for sign, operand in node.rest:
            value = operators.arithmetic(sign, value, self.eval(operand, names))
        return value

    def _range(self, node: tree.Range, names: Names) -> tuple[int, ...]:
        return operators.integers(self.eval(node.low, names), self.eval(node.high, names), node.open)

    def _comparison(self, node: tree.Comparison, names: Names) -> bool:
        left = self.eval(node.first, names)
        for sign, operand in node.rest:
            right = self.eval(operand, names)
            if not operators.holds(sign, left, right):
                return False
            left = right
        return True

    def _not(self, node: tree.Not, names: Names) -> bool:
        return not self.eval(node.value, names)

    def _and(self, node: tree.And, names: Names) -> bool:
        return all(self.eval(part, names) for part in node.items)

    def _or(self, node: tree.Or, names: Names) -> bool:
        return any(self.eval(part, names) for part in node.items)

    # calls

    def _call(self, node: tree.Call, names: Names) -> Any:
        if isinstance(node.function, tree.TypeValue):
            return self._built(node, node.function.name, names)
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        if name in names:
            return self.called(name, names[name], [self.argument(arg, names) for arg in node.args])
        if name in self.program.functions:
            args = self.bound(node, self.program.functions[name].node.params, names)
            return self.called(name, self._name(tree.Name(node.span, name), {}), args)
        if name in self.program.tools:
            return self._filled(node, self.program.tools[name], names)
        plain = [self._callable(arg, names) for arg in node.args if not isinstance(arg, tree.NamedArg)]
        named = {arg.name: self._callable(arg.value, names) for arg in node.args if isinstance(arg, tree.NamedArg)}
        return _prelude(name)(*plain, **named)

    def called(self, name: str, function: Any, args: Iterable[Any]) -> Any:
        """Call a function by a name: a lambda stands in paths by that name, other functions by their own."""
        if not isinstance(function, Function):
            return function(*args)
        if not function.asks:
            return function.call(*args)
        with self.under(self.place.enter(name if function.name == "lambda" else function.name)):
            return function.call(*args)

    def bound(self, node: Any, params: tuple[tree.Param, ...], names: Names) -> list[Any]:
        """Give the arguments of a call in the order of the parameters, with the defaults of those left out."""
        given: dict[str, Any] = {param.name: param.default for param in params}
        plain = [arg for arg in node.args if not isinstance(arg, tree.NamedArg)]
        given.update({param.name: arg for param, arg in zip(params, plain, strict=False)})
        given.update({arg.name: arg.value for arg in node.args if isinstance(arg, tree.NamedArg)})
        return [self.argument(value, names) for value in given.values()]

    def argument(self, node: Any, names: Names) -> Any:
        """Give the value of an argument, which may be a lambda."""
        if not isinstance(node, tree.Lambda):
            return self.eval(node, names)
        asks = bool(self.program.effects.get(id(node), frozenset()) & WORLD)
        return Function("lambda", asks, lambda x: self.block(node.body, {**names, node.param: x}))

    def _callable(self, node: Any, names: Names) -> Any:
        """Give an argument for the prelude, which calls functions as Python does."""
        value = self.argument(node, names)
        return value.call if isinstance(value, Function) else value

    def _endorse(self, node: tree.Endorse, names: Names) -> Any:
        value = self.eval(node.value, names)
        what = f"`{' '.join(node.span.text.split())}`"
        self.promise(self.program.conditions.get(id(node)), "it", value, what, names)
        return value

    # promises

    def promise(self, condition: Any, name: str, value: Any, what: str, names: Names) -> None:
        """Judge what is promised of a value. Errors: Failure Rejected."""
        if condition is not None and not self.eval(condition, {**names, name: value, "it": value}):
            written = " ".join(condition.span.text.split())
            raise Failure("Rejected", f"{what} does not keep its promise `{written}`")

    def from_outside(self, kind: types.Type, value: Any) -> None:
        """Judge what records promise that nobody in the program has built. Errors: Failure Rejected."""
        match kind:
            case types.Record(name, fields):
                for part in fields:
                    self.from_outside(part.type, value.fields[part.name])
                for part in fields:
                    self.promise(part.where, part.name, value.fields[part.name], f"`{name}.{part.name}`", {})
            case types.Maybe(item) if value is not None:
                self.from_outside(item, value)
            case types.List(item):
                for each in value:
                    self.from_outside(item, each)
            case types.Map(_, item):
                for each in value.values():
                    self.from_outside(item, each)
            case types.Tuple(items):
                for item, each in zip(items, value, strict=True):
                    self.from_outside(item, each)

    def _built(self, node: tree.Call, called: str, names: Names) -> Record:
        record = self.program.records[called]
        fields: Names = {part.name: {} for part in record.fields if part.is_optional}
        for arg in node.args:
            if isinstance(arg, tree.Spread):
                fields.update(self.eval(arg.value, names).fields)
        for arg in node.args:
            if isinstance(arg, tree.NamedArg):
                fields[arg.name] = self.eval(arg.value, names)
        made = Record(record.name, {part.name: fields[part.name] for part in record.fields})
        for part in record.fields:
            self.promise(part.where, part.name, fields[part.name], f"`{record.name}.{part.name}`", {})
        self.promise(self.program.promises.get(called), "it", made, f"`{called}`", {})
        return made

    def _filled(self, node: tree.Call, tool: ToolDeclaration, names: Names) -> ToolCall:
        params = tool.node.params
        values = dict(zip([param.name for param in params], self.bound(node, params, names), strict=True))
        for param in params:
            condition = self.program.conditions.get(id(param))
            self.promise(condition, param.name, values[param.name], f"`{param.name}` of `{tool.name}`", {})
        return ToolCall(tool.name, values)
