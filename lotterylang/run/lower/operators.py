"""Operators on values: arithmetic that stays exact, comparison, items and slices. Pure functions of values."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction

from lotterylang.run.convert import shortened, shown
from lotterylang.run.values import Case, Failure, Record, Value, number

LARGEST_BITS = 14_000
"""Numbers that need more bits than this are the failure `Undefined`: memory is safe, and all can be written."""

LONGEST = 10_000_000
"""Code points of a text, items of a list: more are the failure `Undefined`."""


def _add(a: Value, b: Value) -> Value:
    total = a + b
    if isinstance(total, str | tuple):
        if len(total) > LONGEST:
            raise Failure("Undefined", f"a text or list of more than {LONGEST:,} parts")
        return total
    return _bounded(total)


def _bounded(value: int | Fraction) -> Value:
    """Give a number in its one form. Errors: Failure Undefined for one that is too large to be worked with."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > LARGEST_BITS:
        raise Failure("Undefined", "a number is too large")
    return number(value)


def _subtract(a: Value, b: Value) -> Value:
    return _bounded(a - b)


def _multiply(a: Value, b: Value) -> Value:
    return _bounded(a * b)


def _divide(a: Value, b: Value) -> Value:
    if b == 0:
        raise Failure("Undefined", "division by zero")
    return _bounded(Fraction(a) / b)


def _floor_divide(a: Value, b: Value) -> Value:
    if b == 0:
        raise Failure("Undefined", "division by zero")
    return math.floor(Fraction(a) / b) if isinstance(a, Fraction) or isinstance(b, Fraction) else a // b


def _remainder(a: Value, b: Value) -> Value:
    if b == 0:
        raise Failure("Undefined", "division by zero")
    return number(a % b)


ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
    "//": _floor_divide,
    "%": _remainder,
}

COMPARISON: dict[str, Callable[[Value, Value], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def item(target: Value, index: Value) -> Value:
    """Give an item of a list or text by position, of a map by key. Errors: Failure NotFound."""
    try:
        return target[index]
    except (IndexError, KeyError):
        pass
    if isinstance(target, dict):
        raise Failure("NotFound", f"no key {shown(index)} in the map")
    raise Failure("NotFound", f"no item {index} in {shortened(shown(target))}, which has {len(target)}")


def span(target: Value, low: int, high: int, is_open: bool) -> Value:
    """Give a slice, both ends included unless open. Errors: Failure NotFound for an end outside."""
    length = len(target)
    first = low + length if low < 0 else low
    last = (high + length if high < 0 else high) - (1 if is_open else 0)
    if last < first:
        return target[:0]
    if first < 0 or last >= length:
        raise Failure(
            "NotFound", f"no items {low} to {high} in a {'text' if isinstance(target, str) else 'list'} of {length}"
        )
    return target[first : last + 1]


def attribute(target: Value, name: str) -> Value:
    """Give a field of a record, or what is known of a failure."""
    if isinstance(target, Record):
        return target.fields[name]
    if isinstance(target, Failure):
        return getattr(target, name)
    raise TypeError(f"{type(target).__name__} has no field {name}")


def integers(low: int, high: int, is_open: bool) -> tuple[int, ...]:
    """Give the whole numbers of a range. Errors: Failure Undefined for more than ten million."""
    end = high if is_open else high + 1
    if end - low > 10_000_000:
        raise Failure("Undefined", f"the range has {end - low:,} numbers")
    return tuple(range(low, end))


def cases(enum: str, written: tuple[tuple[str, str], ...]) -> tuple[Case, ...]:
    """Give the cases of an enum in order."""
    return tuple(Case(enum, name, text, place) for place, (name, text) in enumerate(written))
