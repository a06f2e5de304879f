"""What a `where` says plainly of a value, so that drawing need not guess: limits, allowed values, a pattern.

Enters: a condition and the names bound before it. Leaves: `Bounds`, which allow everything that the condition allows,
and perhaps more: what is drawn is held against the whole condition afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lotterylang.check.prelude import SURELY
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree
from lotterylang.testing.evaluation import Evaluation

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}


@dataclass(slots=True)
class Bounds:
    """Limits of a value and of its length, both ends included; what it is among; a pattern that it matches."""

    low: Value = None
    high: Value = None
    shortest: int = 0
    longest: int | None = None
    among: tuple[Value, ...] | None = None
    pattern: str | None = None
    each: tuple[str, Any] | None = None
    """What holds of every item: the item's name and the condition."""
    keys: Any = None
    values: Any = None
    """What holds of every key and value of a map, for which `it` stands."""
    parts: dict[int, Any] = field(default_factory=dict)
    """What holds of a part of a tuple, for which `it` stands."""
    fields: dict[str, Any] = field(default_factory=dict)
    """What a type argument promises of a field of a record, for which `it` stands."""


def bounds_of(condition: Any, name: str, known: Mapping[str, Value], evaluation: Evaluation) -> Bounds:
    """Read the bounds of `name` (or `it`) out of a condition."""
    found, reader = Bounds(), _Reader({name, "it"}, known, evaluation)
    for part in _conjuncts(condition):
        if isinstance(part, tree.Comparison):
            operands = [part.first, *(operand for _, operand in part.rest)]
            for left, (sign, right) in zip(operands, part.rest, strict=False):
                reader.compare(found, left, sign, right)
        elif isinstance(part, tree.Call):
            reader.match(found, part)
        elif isinstance(part, tree.Match):
            reader.take_apart(found, part)
    return found


def _conjuncts(condition: Any) -> Iterator[Any]:
    if isinstance(condition, tree.And):
        for item in condition.items:
            yield from _conjuncts(item)
    elif condition is not None:
        yield condition


class _Reader:
    def __init__(self, names: set[str], known: Mapping[str, Value], evaluation: Evaluation) -> None:
        self.names = names
        self.known = {key: value for key, value in known.items() if key not in names}
        self.evaluation = evaluation

    def compare(self, found: Bounds, left: Any, sign: str, right: Any) -> None:
        if self._is_value(left) or self._is_length(left):
            target, other = left, right
        elif sign in _MIRRORED and (self._is_value(right) or self._is_length(right)):
            target, other, sign = right, left, _MIRRORED[sign]
        else:
            return
        limit = self._known(other)
        if limit is None:
            return
        if sign == "in" and self._is_value(target) and isinstance(limit, tuple):
            found.among = limit
        elif sign in _MIRRORED and isinstance(limit, bool | str | tuple | dict):
            return
        elif sign in _MIRRORED and self._is_length(target):
            _bound_length(found, sign, limit)
        elif sign in _MIRRORED:
            _bound_value(found, sign, limit)

    def match(self, found: Bounds, call: tree.Call) -> None:
        called = call.function.name.removeprefix(SURELY) if isinstance(call.function, tree.Name) else ""
        if called == "matches" and len(call.args) == 2:
            pattern = self._known(call.args[1]) if self._is_value(call.args[0]) else None
            found.pattern = pattern if isinstance(pattern, str) else found.pattern
        holds = call.args[1] if called == "every" else None
        if isinstance(holds, tree.Lambda):
            listed: Any = call.args[0]
            side = listed.function.name.removeprefix(SURELY) if _is_side(listed) else ""
            own = listed.items[0] if isinstance(listed, tree.List) and len(listed.items) == 1 else None
            if isinstance(own, tree.Attribute) and self._is_value(own.target) and holds.param == "it":
                found.fields[own.name] = holds.body
            elif self._is_value(listed):
                found.each = (holds.param, holds.body)
            elif side and self._is_value(listed.args[0]) and holds.param == "it":
                setattr(found, side, holds.body)

    def take_apart(self, found: Bounds, node: tree.Match) -> None:
        """Read what a written type promises of one part of a tuple."""
        pattern = node.arms[0].pattern
        if self._is_value(node.subject) and isinstance(pattern, tree.TuplePattern) and len(node.arms) == 1:
            places = [i for i, item in enumerate(pattern.items) if getattr(item, "name", None) == "it"]
            found.parts |= dict.fromkeys(places, node.arms[0].body)

    def _is_value(self, node: Any) -> bool:
        return isinstance(node, tree.Name) and node.name in self.names

    def _is_length(self, node: Any) -> bool:
        calls = isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and node.function.name == "len"
        return calls and len(node.args) == 1 and self._is_value(node.args[0])

    def _known(self, node: Any) -> Value:
        if any(isinstance(part, tree.Name) and part.name in self.names for part in tree.walk(node)):
            return None
        try:
            return self.evaluation.value(node, self.known)
        except Failure:
            return None


def _is_side(node: Any) -> bool:
    """Tell whether this is `keys(x)` or `values(x)`."""
    named = isinstance(node, tree.Call) and isinstance(node.function, tree.Name) and len(node.args) == 1
    return named and node.function.name.removeprefix(SURELY) in ("keys", "values")


def _bound_value(found: Bounds, sign: str, limit: Value) -> None:
    if sign in (">", ">=", "=="):
        found.low = limit if found.low is None else max(found.low, limit)
    if sign in ("<", "<=", "=="):
        found.high = limit if found.high is None else min(found.high, limit)


def _bound_length(found: Bounds, sign: str, limit: Value) -> None:
    if sign in (">", ">=", "=="):
        least = math.floor(limit) + 1 if sign == ">" else math.ceil(limit)
        found.shortest = max(found.shortest, least)
    if sign in ("<", "<=", "=="):
        most = math.ceil(limit) - 1 if sign == "<" else math.floor(limit)
        found.longest = most if found.longest is None else min(found.longest, most)
