"""Patterns: a regular expression in, a small tree that can be written for llguidance and drawn from out.

Python's own parser reads the expression and every class becomes explicit ranges of code points, so what the grammar
accepts, what `re.fullmatch` accepts and what the dice draw is one language. Next door: `notation.py`, `dice.py`.
"""

from __future__ import annotations

import re
import sys
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Ranges = tuple[tuple[int, int], ...]
"""Code points, sorted, both ends included, not overlapping, without surrogates."""

HIGHEST = sys.maxunicode
_SURROGATES = (0xD800, 0xDFFF)


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of these ranges."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class Sequence:
    """These, one after another."""

    items: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of these."""

    items: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """An item `low` to `high` times (None: no bound)."""

    item: Pattern
    low: int
    high: int | None


Pattern = Chars | Sequence | Choice | Repeat


@lru_cache(maxsize=256)
def parsed(expression: str) -> Pattern:
    """Parse a regular expression. Errors: ValueError for one that is no pattern of `shapes.Free`."""
    parser: Any = re._parser
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = parser.parse(expression)
    except (re.error, Warning, RecursionError, OverflowError) as cause:
        raise ValueError(f"the pattern `{expression}` is not understood: {cause}") from cause
    return _sequence(expression, tree, tree.state.flags)


def normal(ranges: list[tuple[int, int]]) -> Ranges:
    """Sort and join ranges and leave the surrogates out."""
    cut: list[tuple[int, int]] = []
    for low, high in ranges:
        cut += [(low, min(high, _SURROGATES[0] - 1)), (max(low, _SURROGATES[1] + 1), high)]
    joined: list[tuple[int, int]] = []
    for low, high in sorted((low, high) for low, high in cut if low <= high):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def without(ranges: Ranges, others: Ranges) -> Ranges:
    """Take ranges out of ranges."""
    left: list[tuple[int, int]] = []
    for low, high in ranges:
        for out_low, out_high in others:
            if out_high < low or out_low > high:
                continue
            if low < out_low:
                left.append((low, out_low - 1))
            low = out_high + 1
        if low <= high:
            left.append((low, high))
    return normal(left)


def common(ranges: Ranges, others: Ranges) -> Ranges:
    """Give the code points that are in both."""
    return without(ranges, without(EVERYTHING, others))


EVERYTHING: Ranges = normal([(0, HIGHEST)])
_NEWLINE: Ranges = ((10, 10),)


def _sequence(expression: str, tree: Any, flags: int) -> Pattern:
    items = tuple(_item(expression, str(operator), argument, flags) for operator, argument in tree)
    return items[0] if len(items) == 1 else Sequence(items)


def _item(expression: str, operator: str, argument: Any, flags: int) -> Pattern:
    match operator:
        case "LITERAL" | "NOT_LITERAL" | "IN" | "ANY":
            return Chars(_characters(operator, argument, flags))
        case "BRANCH":
            return Choice(tuple(_sequence(expression, branch, flags) for branch in argument[1]))
        case "SUBPATTERN":
            _, added, removed, inner = argument
            return _sequence(expression, inner, (flags | added) & ~removed)
        case "MAX_REPEAT" | "MIN_REPEAT":
            low, high, inner = argument
            unbounded = str(high) == "MAXREPEAT"
            return Repeat(_sequence(expression, inner, flags), int(low), None if unbounded else int(high))
        case _:
            raise ValueError(f"the pattern `{expression}` uses {operator.lower()}, which no hole can promise")


def _characters(operator: str, argument: Any, flags: int) -> Ranges:
    if operator == "ANY":
        return EVERYTHING if flags & re.DOTALL else without(EVERYTHING, _NEWLINE)
    if operator == "IN":
        negated = str(argument[0][0]) == "NEGATE"
        parts = [_member(str(kind), value) for kind, value in argument[negated:]]
        ranges = _any_case(normal([pair for part in parts for pair in part]), flags)
        return without(EVERYTHING, ranges) if negated else ranges
    ranges = _any_case(((argument, argument),), flags)
    return without(EVERYTHING, ranges) if operator == "NOT_LITERAL" else ranges


def _member(kind: str, value: Any) -> Ranges:
    if kind == "LITERAL":
        return ((value, value),)
    if kind == "RANGE":
        return (tuple(value),)
    letter = {"DIGIT": "d", "SPACE": "s", "WORD": "w"}[str(value).rpartition("_")[2]]
    return _class(letter.upper() if "_NOT_" in str(value) else letter)


@lru_cache(maxsize=8)
def _class(letter: str) -> Ranges:
    """List the code points of a class, as `re` itself sees them."""
    every = "".join(map(chr, range(_SURROGATES[0]))) + "".join(map(chr, range(_SURROGATES[1] + 1, HIGHEST + 1)))
    runs = re.finditer(rf"\{letter}+", every)
    return normal([(ord(run.group()[0]), ord(run.group()[-1])) for run in runs])


_LARGEST_CASED = 4096  # classes beyond it are not spelled out letter by letter


def _any_case(ranges: Ranges, flags: int) -> Ranges:
    if not flags & re.IGNORECASE:
        return ranges
    if sum(high - low + 1 for low, high in ranges) > _LARGEST_CASED:
        raise ValueError("a pattern that ignores case has too large a class")
    letters = (chr(code) for low, high in ranges for code in range(low, high + 1))
    forms = {form for letter in letters for form in (letter, letter.lower(), letter.upper()) if len(form) == 1}
    return normal([(ord(form), ord(form)) for form in forms])
