"""Static upper bounds: how many model calls, levels of depth and tokens a function can use at most.

Enters: a checked program. Leaves: `Bounds` of each function; None where nothing is known; of calls and depth, with the
first reason. A bound is never below the use of a run that kept its budgets: code counts as often as the lists around it
are long, the dearest of several branches counts, and so does a limit that is written as a number. Next door:
`effects.py` says what a function touches at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from lotterylang.check.program import Program
from lotterylang.check.walk import children
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

ASKING = frozenset({"ASK", "CHOOSE", "SCORE"})
SAME_LENGTH = frozenset({"unique", "sort", "reverse", "drop", "zip"})
"""Functions of the prelude whose result is at most as long as what they are given first."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a piece of code uses at most; None for what has no known bound, and then why."""

    calls: int | None = 0
    depth: int | None = 0
    tokens: int | None = 0
    why: tuple[Span, str] | None = None

    def __add__(self, other: Bounds) -> Bounds:
        """Give the bounds of one after the other."""
        return self._with(other, _sum(self.calls, other.calls), _sum(self.tokens, other.tokens))

    def __or__(self, other: Bounds) -> Bounds:
        """Give the bounds of one or the other."""
        return self._with(other, _most(self.calls, other.calls), _most(self.tokens, other.tokens))

    def _with(self, other: Bounds, calls: int | None, tokens: int | None) -> Bounds:
        return Bounds(calls, _most(self.depth, other.depth), tokens, self.why or other.why)

    def times(self, count: int | None, at: Span) -> Bounds:
        """Give the bounds of code that runs so often."""
        why = self.why
        if count is None and self.calls != 0:
            why = why or (at, "this may be any number")
        return replace(self, calls=_product(self.calls, count), tokens=_product(self.tokens, count), why=why)

    def level(self) -> Bounds:
        """Give the bounds of code one level down."""
        return replace(self, depth=_sum(self.depth, 1))


NOTHING = Bounds()
Passed = Mapping[str, Bounds]
"""The bounds of the functions that a call passes, by the callee's parameter."""


def bounds(program: Program) -> dict[str, Bounds]:
    """Give the bounds of every function of a program."""
    search = _Search(program)
    return {name: search.function(name, {}, signature.node.span) for name, signature in program.functions.items()}


class _Search:
    """Goes through functions, each once for each way of calling it."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.known: dict[tuple[str, tuple[tuple[str, Bounds], ...]], Bounds] = {}
        self.entered: set[str] = set()

    def function(self, name: str, passed: Passed, at: Span) -> Bounds:
        """Give the bounds of one call of a function; `at` is where it stands."""
        key = (name, tuple(sorted(passed.items(), key=lambda item: item[0])))
        if key in self.known:
            return self.known[key]
        if name in self.entered:
            return Bounds(None, None, None, (at, f"`{name}` calls itself"))
        self.entered.add(name)
        signature = self.program.functions[name]
        found = _Body(self, signature.node, passed).of(signature.node.body)
        labels = [s for s in signature.node.body.statements if isinstance(s, tree.Label)]
        if labels:
            found = found.times(None, labels[0].span)
        self.entered.discard(name)
        found = _fitted(found, signature.effects)
        if not self.entered:
            self.known[key] = found
        return found


def _fitted(found: Bounds, effects: frozenset[str]) -> Bounds:
    """Drop what effects rule out: who asks nothing makes no calls, whatever it does so often."""
    if not effects & ASKING:
        found = replace(found, calls=0, tokens=0)
    return replace(found, why=None) if None not in (found.calls, found.depth) else found


class _Body:
    """One function, and what its parameters stand for."""

    def __init__(self, search: _Search, node: tree.Fn, passed: Passed) -> None:
        self.search = search
        self.program = search.program
        self.params = {param.name for param in node.params}
        self.passed = passed
        self.lets: dict[str, Any] = {}

    def of(self, node: Any) -> Bounds:
        """Give the bounds of a node, by the method of its class where it is more than its parts."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            found: Bounds = method(node)
            return found
        return self._parts(node)

    def _parts(self, node: Any) -> Bounds:
        found = NOTHING
        for part in children(node):
            if isinstance(part, tree.Node | tuple):
                found = found + self.of(part)
        return found

    def _ask(self, node: Any) -> Bounds:
        return self._parts(node) + Bounds(1, 0, None)  # what a prompt holds is known when it is sent

    _score = _ask

    def _choose(self, node: tree.Choose) -> Bounds:
        return self._ask(node) + self._given(node.by)

    def _lambda(self, node: tree.Lambda) -> Bounds:
        return NOTHING  # it counts where it is called

    def _let(self, node: tree.Let) -> Bounds:
        if len(node.binder) == 1:
            self.lets[node.binder[0]] = node.value
        return self.of(node.value)

    # calls

    def _call(self, node: tree.Call) -> Bounds:
        found = self._parts(node)
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        if name in self.params:
            return found + self.passed.get(name, Bounds(None, None, None, (node.span, f"`{name}` may do anything")))
        if name in self.program.functions:
            return found + self._called(name, node)
        for arg in node.args:  # the prelude calls what it is given: that asks nobody, but may open levels of depth
            found = found + self._given(arg.value if isinstance(arg, tree.NamedArg) else arg)
        return found

    def _given(self, node: Any) -> Bounds:
        if isinstance(node, tree.Lambda):
            return self.of(node.body)
        is_function = isinstance(node, tree.Name) and node.name in self.program.functions
        return self.search.function(node.name, {}, node.span) if is_function else NOTHING

    def _called(self, name: str, node: tree.Call) -> Bounds:
        params = self.program.functions[name].node.params
        passed: dict[str, Bounds] = {}
        for place, arg in enumerate(node.args):
            param = arg.name if isinstance(arg, tree.NamedArg) else params[place].name
            value = arg.value if isinstance(arg, tree.NamedArg) else arg
            if isinstance(value, tree.Lambda):
                passed[param] = self.of(value.body)
            elif isinstance(value, tree.Name) and value.name in self.passed:
                passed[param] = self.passed[value.name]
            elif isinstance(value, tree.Name) and value.name in self.program.functions:
                passed[param] = self.search.function(value.name, {}, value.span)
        return self.search.function(name, passed, node.span)

    def _divide(self, node: tree.Divide) -> Bounds:
        if node.solver in self.params:
            unknown = Bounds(None, None, None, (node.span, f"`{node.solver}` may do anything"))
            part = self.passed.get(node.solver, unknown)
        else:
            part = self.search.function(node.solver, {}, node.span)
        return self.of(node.parts) + part.times(self.length(node.parts), node.parts.span).level()

    # choices

    def _if(self, node: tree.If) -> Bounds:
        found, most = NOTHING, self.of(node.otherwise) if node.otherwise is not None else NOTHING
        for condition, block in node.branches:
            found, most = found + self.of(condition), most | self.of(block)
        return found + most

    def _match(self, node: tree.Match) -> Bounds:
        most = NOTHING
        for arm in node.arms:
            most = most | self.of(arm.body)
        return self.of(node.subject) + most

    def _try(self, node: tree.Try) -> Bounds:
        return self.of(node.body) + self._dearest(node.catches)

    def _tryin(self, node: tree.TryIn) -> Bounds:
        body = self.of(node.body).times(self.length(node.each.source), node.each.span)
        return self.of(node.each) + body + self._dearest(node.catches)

    def _dearest(self, catches: tuple[tree.Catch, ...]) -> Bounds:
        most = NOTHING
        for catch in catches:
            most = most | self.of(catch.body)
        return most

    # loops and limits

    def _for(self, node: tree.For) -> Bounds:
        first, *others = [self.of(each.source) for each in node.each]
        lengths = [self.length(each.source) for each in node.each]
        found, count = first, lengths[0]
        for source, length in zip(others, lengths[1:], strict=True):
            found, count = found + source.times(count, node.span), _product(count, length)
        return found + self.of(node.body).times(count, node.each[0].source.span)

    def _fold(self, node: tree.Fold) -> Bounds:
        body = self.of(node.body).times(self.length(node.each.source), node.each.source.span)
        return self.of(node.start) + self.of(node.each.source) + body

    def _retry(self, node: tree.Retry) -> Bounds:
        return self.of(node.body).times(self.number(node.count), node.count.span)

    def _within(self, node: tree.Within) -> Bounds:
        found = self.of(node.body)
        limits = {limit.name: self.number(limit.value) for limit in node.limits}
        if "depth" in limits:
            found = replace(found, depth=_sum(_least(found.depth, limits["depth"]), 1))
        calls, tokens = _least(found.calls, limits.get("calls")), _least(found.tokens, limits.get("tokens"))
        return replace(found, calls=calls, tokens=tokens)

    # what is known of values

    def number(self, node: Any) -> int | None:
        """Give a whole number that is written, directly or by the name of a constant."""
        if isinstance(node, tree.Number):
            return max(node.value, 0) if isinstance(node.value, int) else None
        named = self._named(node)
        return self.number(named) if named is not None else None

    def length(self, node: Any) -> int | None:
        """Give the most items that a list can have, where its source says so."""
        match node:
            case tree.Range(_, low, high, is_open):
                first, last = self.number(low), self.number(high)
                return None if first is None or last is None else max(last - first + (0 if is_open else 1), 0)
            case tree.List(_, items):
                spread = [self.length(item.value) for item in items if isinstance(item, tree.Spread)]
                return _sum(sum(not isinstance(item, tree.Spread) for item in items), *spread)
            case tree.TypeValue(_, name) if name in self.program.enums:
                return len(self.program.enums[name].cases)
            case tree.For(_, each, _, _):
                lengths = [self.length(one.source) for one in each]
                return None if None in lengths else prod(length for length in lengths if length is not None)
            case tree.Call(_, tree.Name(_, name), args) if args and name not in self.program.functions:
                return self._length_of_call(name, args)
        named = self._named(node)
        return self.length(named) if named is not None else None

    def _length_of_call(self, name: str, args: tuple[Any, ...]) -> int | None:
        if name in self.params:
            return None
        if name == "take" and len(args) == 2:
            return _least(self.number(args[1]), self.length(args[0]))
        return self.length(args[0]) if name in SAME_LENGTH else None

    def _named(self, node: Any) -> Any:
        if not isinstance(node, tree.Name):
            return None
        constant = self.program.constants.get(node.name)
        return constant.value if constant is not None else self.lets.get(node.name)


def _sum(*parts: int | None) -> int | None:
    return None if None in parts else sum(part for part in parts if part is not None)


def _most(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else max(a, b)


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _product(a: int | None, b: int | None) -> int | None:
    return 0 if 0 in (a, b) else None if a is None or b is None else a * b
