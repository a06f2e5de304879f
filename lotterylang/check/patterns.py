"""Whether the arms of a `match` leave a value out, and whether an arm is ever taken.

Source: Maranget 2007, "Warnings for pattern matching": a vector of patterns is useful after some rows if it matches a
value that none of them does; the arms leave nothing out if a row of `_` is not useful after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lotterylang.check import types
from lotterylang.check.relations import fits
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


@dataclass(frozen=True, slots=True)
class OfType:
    """The pattern of a type's name, resolved. `is_judged`: it has a `where`, so it may refuse any value."""

    name: str
    kind: Type
    is_judged: bool


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
    options = _options(first, kind) if isinstance(first, tree.EitherPattern | OfType) else []
    if options:
        for option in options:
            found = _witness(rows, (option, *wanted[1:]), kinds, steps)
            if found is not None:
                return found
        return None
    rows = _without_choices(rows, kind)
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


def _without_choices(rows: list[Row], kind: Type) -> list[Row]:
    found: list[Row] = []
    for row in rows:
        if isinstance(row[0], tree.EitherPattern | OfType):
            found += _without_choices([(option, *row[1:]) for option in _options(row[0], kind)], kind)
        else:
            found.append(row)
    return found


def _options(pattern: tree.EitherPattern | OfType, kind: Type) -> list[Any]:
    """List patterns that together match what a pattern of choices matches; none where no value is sure to match."""
    if isinstance(pattern, tree.EitherPattern):
        return list(pattern.options)
    if pattern.is_judged:
        return []
    if isinstance(kind, types.Deduction):
        return [Head(("outcome", pattern.name))]
    if fits(kind, pattern.kind):
        return [None]
    match kind:
        case types.Maybe(item):
            inner = _options(pattern, item)
            return inner if inner != [None] else list(_all_heads(item) or [_other(item)])
        case types.Either(kinds):
            return [_of(part) for part in kinds if fits(part, pattern.kind)]
        case types.Literal(options):
            return [Head(("str", each)) for each in options if fits(types.Literal((each,)), pattern.kind)]
    return []


def _of(kind: Type) -> Head:
    """Give the head of a value of a type whose values are not told apart further."""
    shown = _name_of(kind)
    return Head(("kind", str(kind)), shown=shown)


def _other(kind: Type) -> Head:
    """Give the head of an optional that is not none, of a type whose values are not told apart further."""
    return Head(("other", None), shown=_name_of(kind))


def _name_of(kind: Type) -> str:
    """Write a type as the pattern that matches its values; `_` where it has no name."""
    named = isinstance(kind, types.Record | types.Enum) and kind.name is not None
    return str(kind).partition("<")[0] if named else "_"


def _head(pattern: Any, kind: Type) -> Head | None:
    """Give what a pattern begins with; None for one that matches all, or is not sure to match any."""
    match pattern:
        case Head():
            return pattern
        case tree.ConstantPattern(_, value):
            return Head((type(value).__name__, value))
        case tree.TuplePattern():
            inner = known(kind)
            return Head(("tuple", len(pattern.items)), inner.items if isinstance(inner, types.Tuple) else ())
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
            return [none, _other(item)] if inner is None else [none, *inner]
        case types.Either(kinds):
            return [_of(part) for part in kinds]
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
