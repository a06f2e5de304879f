"""Holes at run time: a plan of the checker and the values of its bounds become the shape that a model must keep to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lotterylang.check import types
from lotterylang.check.program import Bound, HolePlan
from lotterylang.run.effects import Prompt
from lotterylang.run.matching import matches
from lotterylang.run.render import rendered
from lotterylang.run.shapes import Calls, Decimal, Fields, Free, Hole, Listing, Maybe, OneOf, Shape, Whole
from lotterylang.run.values import Failure, Value

Bounds = list[tuple[Bound, Value]]

_OPENING = "([{\"'“‘«"


def hole(plan: HolePlan, values: Sequence[Value]) -> Hole:
    """Give a hole with its bounds in place. Errors: Failure Impossible where no text can keep them."""
    bounds = list(zip(plan.bounds, values, strict=True))
    return Hole(plan.name, _shape(plan.type, bounds, (), plan), plan.stops, plan.max_tokens)


def joined(prompt: Prompt, text: str) -> str:
    """Give a text as the continuation of a prompt: with one space before it where words would run together."""
    last = prompt.turns[-1]
    if last.role in ("system", "user"):
        return text
    end = last.parts[-1] if last.parts and isinstance(last.parts[-1], str) else ""
    if not end or end[-1].isspace() or end[-1] in _OPENING:
        return text
    return f" {text}"


def _shape(type_: types.Type, bounds: Bounds, part: tuple[str, ...], plan: HolePlan) -> Shape:
    here = {bound.kind: value for bound, value in bounds if bound.part == part}
    if "in" in here:
        lists = [value for bound, value in bounds if bound.part == part and bound.kind == "in"]
        return OneOf(_options(plan, lists, bounds, part), _is_number(type_))
    match type_:
        case types.Text():
            return _free(plan, bounds, part)
        case types.Literal(options):
            return OneOf(_options(plan, [options], bounds, part))
        case types.Bool():
            return OneOf(("yes", "no"))
        case types.Enum(_, cases):
            return OneOf(tuple(written for _, written in cases))
        case types.Int() | types.Number():
            return _number(type_, plan, bounds, part)
        case types.Maybe(item):
            return Maybe(_shape(item, bounds, part, plan))
        case types.List(item):
            return _listing(item, bounds, part, plan)
        case types.Record(_, fields):
            return Fields(tuple((f.name, _shape(f.type, bounds, (*part, f.name), plan)) for f in fields))
        case types.ToolCall(tools):
            allowed = _named(tools, bounds, part, plan)
            return Calls(tuple((tool.name, _arguments(tool, bounds, part, plan)) for tool in allowed))
    raise TypeError(f"no hole of type {type_}")


def _is_number(type_: types.Type) -> bool:
    inner = type_.item if isinstance(type_, types.Maybe) else type_
    return isinstance(inner, types.Int | types.Number)


def _listing(item: types.Type, bounds: Bounds, part: tuple[str, ...], plan: HolePlan) -> Listing:
    """Give the shape of a list; where nothing can be an item of it, only the empty list is left."""
    fewest, most = _extent(bounds, part, "fewest", "most_items")
    try:
        return Listing(_shape(item, bounds, (*part, "[]"), plan), fewest or 0, most)
    except Failure:
        if (fewest or 0) > 0:
            raise
        return Listing(OneOf(()), 0, 0 if most is None else min(most, 0))


def _arguments(
    tool: types.Tool, bounds: Bounds, part: tuple[str, ...], plan: HolePlan
) -> tuple[tuple[str, Shape], ...]:
    below = ((param, (*part, tool.name, param.name)) for param in tool.params)
    return tuple((param.name, _shape(param.type, bounds, place, plan)) for param, place in below)


def _named(tools: Sequence[types.Tool], bounds: Bounds, part: tuple[str, ...], plan: HolePlan) -> list[types.Tool]:
    """List the tools that all the lists of names allow, in the order of the type."""
    lists = [value for bound, value in bounds if bound.part == part and bound.kind == "named"]
    found = [tool for tool in tools if all(tool.name in names for names in lists)]
    if not found:
        raise Failure("Impossible", f"no tool is allowed in the hole `{plan.name}`")
    return found


def _free(plan: HolePlan, bounds: Bounds, part: tuple[str, ...]) -> Free:
    shortest, longest = _extent(bounds, part, "shortest", "longest")
    _require_order(plan, shortest, longest)
    of = [(bound.kind, value) for bound, value in bounds if bound.part == part]
    patterns = tuple(value for kind, value in of if kind == "matches")
    parts_of = tuple(value for kind, value in of if kind == "part_of")
    return Free(max(shortest or 0, 0), longest, plan.lines, patterns, parts_of)


def _number(type_: types.Type, plan: HolePlan, bounds: Bounds, part: tuple[str, ...]) -> Shape:
    low, high = _extent(bounds, part, "least", "most")
    _require_order(plan, low, high)
    return Whole(low, high) if isinstance(type_, types.Int) else Decimal(low, high)


def _extent(bounds: Bounds, part: tuple[str, ...], low: str, high: str) -> tuple[int | None, int | None]:
    lows = [value + bound.shift for bound, value in bounds if bound.part == part and bound.kind == low]
    highs = [value + bound.shift for bound, value in bounds if bound.part == part and bound.kind == high]
    return max(lows, default=None), min(highs, default=None)


def _require_order(plan: HolePlan, low: int | None, high: int | None) -> None:
    if high is not None and (low if low is not None else min(0, high)) > high:
        raise Failure("Impossible", f"no value fits the hole `{plan.name}`: at least {low} and at most {high}")


def _options(plan: HolePlan, lists: list[Any], bounds: Bounds, part: tuple[str, ...]) -> tuple[str, ...]:
    """Give what all the lists and all other bounds allow, each text once, in the order of the first list."""
    others = [(bound, value) for bound, value in bounds if bound.part == part and bound.kind != "in"]
    kept = [rendered(value) for value in lists[0] if all(_keeps(value, bound, limit) for bound, limit in others)]
    for other in lists[1:]:
        allowed = {rendered(value) for value in other}
        kept = [text for text in kept if text in allowed]
    if not kept:
        raise Failure("Impossible", f"nothing is allowed in the hole `{plan.name}`")
    return tuple(dict.fromkeys(kept))


def _keeps(value: Value, bound: Bound, limit: Value) -> bool:
    """Tell whether an allowed value keeps another bound of its hole."""
    match bound.kind:
        case "least":
            return bool(value >= limit + bound.shift)
        case "most":
            return bool(value <= limit + bound.shift)
        case "shortest":
            return bool(len(value) >= limit + bound.shift)
        case "longest":
            return bool(len(value) <= limit + bound.shift)
        case "matches":
            return matches(limit, value)
        case "part_of":
            return bool(value in limit)
    return True
