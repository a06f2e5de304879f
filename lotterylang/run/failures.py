"""A failure as a value, for the `catch` that handles it. Next door: `lower/attempts.py`; `values.py` has `Failure`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lotterylang.check import types
from lotterylang.run.values import Case, Failure, Record, Tuple, Value

Fits = Callable[[Value], bool]


def described(failure: Failure, fits: Fits) -> Record:
    """Give what a `catch` sees of a failure; its best answer so far only where it is of the type that is expected."""
    best = failure.best if failure.best is not None and fits(failure.best) else None
    fields = {"kind": failure.kind, "message": failure.message, "path": failure.path, "best": best}
    return Record("Failure", fields)


def fitting(kind: types.Type) -> Fits:
    """Give the test whether a value is of a type; of a type variable nothing is known, so nothing is."""
    return lambda value: is_of(kind, value)


def is_of(kind: types.Type, value: Value) -> bool:
    """Tell whether a value is of a type, by its structure."""
    match kind:
        case types.Text() | types.Literal():
            return isinstance(value, str) and (isinstance(kind, types.Text) or value in kind.options)
        case types.Bool() | types.Int():
            return isinstance(value, int) and isinstance(value, bool) is isinstance(kind, types.Bool)
        case types.Number():
            return isinstance(value, int | Fraction) and not isinstance(value, bool)
        case types.Nothing():
            return value is None
        case types.Maybe(item):
            return value is None or is_of(item, value)
        case types.Enum():
            return isinstance(value, Case) and value.enum == kind.name
        case types.List() | types.Map() | types.Tuple():
            return _holds(kind, value)
        case types.Record() | types.Choice() | types.Score():
            return isinstance(value, Record) and _has_fields(kind, value)
    return False


def _holds(kind: types.List | types.Map | types.Tuple, value: Value) -> bool:
    if isinstance(kind, types.Map):
        return isinstance(value, dict) and all(is_of(kind.key, k) and is_of(kind.value, v) for k, v in value.items())
    if isinstance(kind, types.List):
        is_list = isinstance(value, tuple) and not isinstance(value, Tuple)
        return is_list and all(is_of(kind.item, item) for item in value)
    if not isinstance(value, Tuple) or len(value) != len(kind.items):
        return False
    return all(is_of(item, part) for item, part in zip(kind.items, value, strict=True))


def _has_fields(kind: types.Record | types.Choice | types.Score, value: Record) -> bool:
    if isinstance(kind, types.Record):
        wanted = {field.name: field.type for field in kind.fields}
        return wanted.keys() == value.fields.keys() and all(is_of(wanted[n], v) for n, v in value.fields.items())
    if isinstance(kind, types.Choice):
        return value.name == "Choice" and is_of(kind.item, value.fields["value"])
    return value.name == "Score"
