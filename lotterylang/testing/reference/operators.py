"""Operators on values: the plain meaning of each, exact numbers throughout."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from lotterylang.run.convert import shortened, shown
from lotterylang.run.values import Failure, number
from lotterylang.testing.reference.state import Names

LARGEST_BITS = 14_000
LONGEST = 10_000_000


def arithmetic(sign: str, a: Any, b: Any) -> Any:
    """Compute. Errors: Failure Undefined."""
    if sign in ("/", "//", "%") and b == 0:
        raise Failure("Undefined", "division by zero")
    match sign:
        case "+":
            found = a + b
        case "-":
            found = a - b
        case "*":
            found = a * b
        case "/":
            found = Fraction(a) / b
        case "//":
            return math.floor(Fraction(a) / Fraction(b))
        case _:
            return number(a % b)
    if isinstance(found, str | tuple):
        if len(found) > LONGEST:
            raise Failure("Undefined", f"a text or list of more than {LONGEST:,} parts")
        return found
    if max(found.numerator.bit_length(), found.denominator.bit_length()) > LARGEST_BITS:
        raise Failure("Undefined", "a number is too large")
    return number(found)


def holds(sign: str, a: Any, b: Any) -> bool:
    """Compare."""
    match sign:
        case "==":
            return bool(a == b)
        case "!=":
            return bool(a != b)
        case "in":
            return a in b
        case "not in":
            return a not in b
        case "<":
            return bool(a < b)
        case "<=":
            return bool(a <= b)
        case ">":
            return bool(a > b)
    return bool(a >= b)


def item(target: Any, index: Any) -> Any:
    """Give an item. Errors: Failure NotFound."""
    if isinstance(target, dict):
        if index in target:
            return target[index]
        raise Failure("NotFound", f"no key {shown(index)} in the map")
    if -len(target) <= index < len(target):
        return target[index]
    raise Failure("NotFound", f"no item {index} in {shortened(shown(target))}, which has {len(target)}")


def span(target: Any, low: int, high: int, is_open: bool) -> Any:
    """Give a slice. Errors: Failure NotFound."""
    first, last = (end + len(target) if end < 0 else end for end in (low, high))
    wanted = range(first, last if is_open else last + 1)
    if not wanted:
        return target[:0]
    if wanted[0] < 0 or wanted[-1] >= len(target):
        what = "text" if isinstance(target, str) else "list"
        raise Failure("NotFound", f"no items {low} to {high} in a {what} of {len(target)}")
    return target[wanted[0] : wanted[-1] + 1]


def integers(low: int, high: int, is_open: bool) -> tuple[int, ...]:
    """Give the numbers of a range. Errors: Failure Undefined."""
    count = high - low + (0 if is_open else 1)
    if count > LONGEST:
        raise Failure("Undefined", f"the range has {count:,} numbers")
    return tuple(range(low, low + max(count, 0)))


def listed(value: Any) -> tuple[Any, ...]:
    """Give what a loop goes through: a map as pairs."""
    return tuple(value.items()) if isinstance(value, dict) else value


def bind(binder: tuple[str, ...], value: Any, names: Names) -> None:
    """Let names stand for a value, or for its parts."""
    names.update(zip(binder, value, strict=True) if len(binder) > 1 else [(binder[0], value)])
