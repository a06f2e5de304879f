"""Whether the arms of a `match` leave a value out, and whether an arm is ever taken.

Source: Maranget 2007, "Warnings for pattern matching": a vector of patterns is useful after some rows if it matches a
value that none of them does; the arms leave nothing out if a row of `_` is not useful after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lotterylang.check import types
from lotterylang.check.types import Type, known
from lotterylang.syntax import tree

Row = tuple[Any, ...]
"""Patterns side by side; None stands for `_`."""

MOST_STEPS = 20_000
"""Past that, arms are taken to leave something out: `_` is asked for."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a pattern or value begins with, and the types of its parts."""

    key: tuple[str, str | int | Fraction | bool | None]
    parts: tuple[Type, ...] = ()
    shown: str = "_"


@dataclass(slots=True)
class _Steps:
    left: int = MOST_STEPS


def is_needed(rows: list[Row], pattern: Any, kind: Type) -> bool:
    """Tell whether a pattern matches some value that no row matches."""
    return _witness(rows, (pattern,), (kind,), _Steps()) is not None


def uncovered(rows: list[Row], kind: Type) -> str | None:
    """Show a value that no row matches, as a pattern; None if there is no such value."""
    found = _witness(rows, (None,), (kind,), _Steps())
    return None if found is None else found[0]


def _witness(rows: list[Row], wanted: Row, kinds: tuple[Type, ...], steps: _Steps) -> list[str] | None:
    """Show values, one a column, that `wanted` matches and no row does."""
    steps.left -= 1
    if steps.left < 0:
        return ["_"] * len(kinds)
    if not kinds:
        return None if rows else []
    first, kind = wanted[0], kinds[0]
    if isinstance(first, tree.EitherPattern):
        for option in first.options:
            found = _witness(rows, (option, *wanted[1:]), kinds, steps)
            if found is not None:
                return found
        return None
    rows = _without_choices(rows)
    head = _head(first, kind)
    if head is not None:
        return _below(rows, wanted, kinds, head, steps)
    return _any(rows, wanted, kinds, steps)


def _any(rows: list[Row], wanted: Row, kinds: tuple[Type, ...], steps: _Steps) -> list[str] | None:
    """Show values for a wanted `_`: one of the heads that the rows lack, else below each head in turn."""
    heads = _all_heads(kinds[0])
    used = {head.key for row in rows if (head := _head(row[0], kinds[0])) is not None}
    if heads is None or any(head.key not in used for head in heads):
        rest = [row[1:] for row in rows if _head(row[0], kinds[0]) is None]
        found = _witness(rest, wanted[1:], kinds[1:], steps)
        if found is None:
            return None
        lacking = [head.shown for head in heads or () if head.key not in used]
        return [lacking[0] if lacking and used else (lacking[0] if lacking else "_"), *found]
    for head in heads:
        found = _below(rows, wanted, kinds, head, steps)
        if found is not None:
            return found
    return None


def _below(rows: list[Row], wanted: Row, kinds: tuple[Type, ...], head: Head, steps: _Steps) -> list[str] | None:
    """Go on with the rows that begin with a head, its parts in the place of the first column."""
    width = len(head.parts)
    deeper = [_parts(row[0], width) + row[1:] for row in rows if _begins(row[0], head, kinds[0])]
    found = _witness(deeper, _parts(wanted[0], width) + wanted[1:], head.parts + kinds[1:], steps)
    if found is None:
        return None
    shown = f"({', '.join(found[:width])})" if width else head.shown
    return [shown, *found[width:]]


def _begins(pattern: Any, head: Head, kind: Type) -> bool:
    own = _head(pattern, kind)
    return own is None or own.key == head.key


def _parts(pattern: Any, width: int) -> Row:
    return tuple(pattern.items) if isinstance(pattern, tree.TuplePattern) else (None,) * width


def _without_choices(rows: list[Row]) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        if isinstance(row[0], tree.EitherPattern):
            found += _without_choices([(option, *row[1:]) for option in row[0].options])
        else:
            found.append(row)
    return found


def _head(pattern: Any, kind: Type) -> Head | None:
    """Give what a pattern begins with; None for one that matches all."""
    match pattern:
        case tree.ConstantPattern(_, value):
            return Head((type(value).__name__, value))
        case tree.TuplePattern():
            inner = known(kind)
            return Head(("tuple", len(pattern.items)), inner.items if isinstance(inner, types.Tuple) else ())
        case tree.TypePattern(_, name, _):
            return Head(("outcome", name))
        case tree.CallPattern(_, name, _):
            return Head(("call", name))
        case tree.CasePattern(_, name, enum) if enum is not None or _has_case(kind, name):
            return Head(("case", name))
    return None


def _has_case(kind: Type, name: str) -> bool:
    inner = known(kind)
    return isinstance(inner, types.Enum) and name in dict(inner.cases)


def _all_heads(kind: Type) -> list[Head] | None:
    """List everything that a value of a type may begin with; None if that has no end."""
    match kind:
        case types.Maybe(item):
            inner = _all_heads(item)
            none = Head(("NoneType", None), shown="none")
            return [none, Head(("other", None))] if inner is None else [none, *inner]
        case types.Nothing():
            return [Head(("NoneType", None), shown="none")]
        case types.Bool():
            return [Head(("bool", True), shown="true"), Head(("bool", False), shown="false")]
        case types.Enum():
            return [Head(("case", name), shown=name) for name, _ in kind.cases]
        case types.Literal(options):
            return [Head(("str", option), shown=f'"{option}"') for option in options]
        case types.Deduction():
            return [Head(("outcome", name), shown=name) for name in kind.outcomes]
        case types.ToolCall(tools):
            return [
                Head(("call", tool.name), shown=f"{tool.name}({', '.join('_' for _ in tool.params)})") for tool in tools
            ]
        case types.Tuple(items):
            return [Head(("tuple", len(items)), items)]
    return None
