"""Statistics of lists of numbers: exact where the result is a fraction, else to six places.

Next door: `definition.py`; `calculator.py` has one expression.
"""

from __future__ import annotations

import math
from fractions import Fraction

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.refusal import Refused

MOST = 10_000
"""Numbers of a list."""

PLACES = 6

MOST_BITS = 6_700


@tool(acts=False, here=True)
def total(numbers: list[Fraction]) -> Fraction:
    """Add numbers; none give 0."""
    return _sum(_some(numbers, least=0))


@tool(acts=False, here=True)
def mean(numbers: list[Fraction]) -> Fraction:
    """Give the mean."""
    return _sum(_some(numbers)) / len(numbers)


@tool(acts=False, here=True)
def median(numbers: list[Fraction]) -> Fraction:
    """Give the middle number, or the mean of the two in the middle."""
    return _quantile(_some(numbers), Fraction(1, 2))


@tool(acts=False, here=True)
def deviation(numbers: list[Fraction]) -> Fraction:
    """Give the standard deviation of a sample (n - 1), to six places."""
    found = _some(numbers, least=2)
    return _root(_spread(found, found) / (len(found) - 1))


@tool(acts=False, here=True)
def quantile(numbers: list[Fraction], part: Fraction) -> Fraction:
    """Give the number below which a part from 0 to 1 lies, between two numbers in proportion."""
    if not 0 <= part <= 1:
        raise Refused("ToolFailed", "the part of a quantile lies between 0 and 1")
    return _quantile(_some(numbers), part)


@tool(acts=False, here=True)
def correlation(first: list[Fraction], second: list[Fraction]) -> Fraction:
    """Give Pearson's correlation of two lists of the same length, to six places."""
    left, right = _some(first, least=2), _some(second, least=2)
    if len(left) != len(right):
        raise Refused("ToolFailed", "both lists need the same number of numbers")
    both = _spread(left, left) * _spread(right, right)
    if both == 0:
        raise Refused("ToolFailed", "all numbers of a list are the same: there is no correlation")
    shared = _spread(left, right)
    size = _root(shared * shared / both)
    return size if shared >= 0 else -size


def _some(numbers: list[Fraction], least: int = 1) -> list[Fraction]:
    if not least <= len(numbers) <= MOST:
        raise Refused("ToolFailed", f"it takes {least} to {MOST:,} numbers")
    if sum(number.denominator.bit_length() + number.numerator.bit_length() for number in numbers) > 2_000_000:
        raise Refused("ToolFailed", "the numbers have too many digits")
    return numbers


def _sum(numbers: list[Fraction]) -> Fraction:
    """Add exactly; halted before a common denominator of endless digits is made."""
    found = Fraction(0)
    for number in numbers:
        found += number
        if found.denominator.bit_length() > MOST_BITS:
            raise Refused("ToolFailed", "the exact sum has too many digits: round the numbers first")
    return found


def _spread(left: list[Fraction], right: list[Fraction]) -> Fraction:
    centre_left, centre_right = _sum(left) / len(left), _sum(right) / len(right)
    return _sum([(a - centre_left) * (b - centre_right) for a, b in zip(left, right, strict=True)])


def _quantile(numbers: list[Fraction], part: Fraction) -> Fraction:
    ordered = sorted(numbers)
    place = part * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _root(value: Fraction) -> Fraction:
    scale = 10**PLACES
    return Fraction((math.isqrt(4 * value.numerator * scale * scale // value.denominator) + 1) // 2, scale)
