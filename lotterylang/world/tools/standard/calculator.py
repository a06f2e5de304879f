"""`calculate`: an exact calculator. Numbers are fractions, so nothing is rounded unless the expression says so.

Enters: an expression of numbers, `+ - * / // % ^`, brackets and a few functions. Leaves: a `Fraction`. There is no
`eval`: a grammar of its own is read by Lark, and a number is limited before it is made. Next door: `definition.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.refusal import Refused, shortened

LONGEST = 1_000
"""Characters of an expression."""

MOST_BITS = 6_700
"""Bits of a numerator or denominator: about 2,000 digits."""

MOST_FACTORIAL = 500
MOST_PLACES = 100

_GRAMMAR = r"""
?start: sum
?sum: product | sum "+" product -> add | sum "-" product -> subtract
?product: signed | product "*" signed -> multiply | product "/" signed -> divide
        | product "//" signed -> quotient | product "%" signed -> remainder
?signed: power | "-" signed -> negative | "+" signed
?power: atom | atom ("^" | "**") signed -> power
?atom: NUMBER -> number | NAME -> constant | NAME "(" sum ("," sum)* ")" -> call | "(" sum ")"
NUMBER: /[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?/
NAME: /[a-z]+/
%ignore /[ \t]+/
"""

_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "：": "/"})


@tool(acts=False, here=True)
def calculate(expression: str) -> Fraction:
    """Calculate exactly: `3 * (1/3 + 2)`, `2^10`, `sqrt(2, 4)`, `round(7/3, 2)`, `gcd(12, 18)`."""
    if len(expression) > LONGEST:
        raise Refused("ToolFailed", f"an expression has at most {LONGEST} characters")
    text = expression.translate(_SIGNS).strip()
    try:
        found = _parser().parse(text)
    except UnexpectedInput as problem:
        raise Refused("ToolFailed", _unread(text, problem)) from None
    except VisitError as problem:
        if isinstance(problem.orig_exc, Refused):
            raise problem.orig_exc from None
        raise
    assert isinstance(found, Fraction)  # every rule gives one
    return found


def _unread(text: str, problem: UnexpectedInput) -> str:
    ended = isinstance(problem, UnexpectedToken) and problem.token.type == "$END"
    rest = "" if ended or problem.pos_in_stream is None else text[problem.pos_in_stream :]
    said = f"at `{shortened(rest, 20)}`" if rest else "at its end"
    return f"`{shortened(text)}` can't be read {said}: numbers, + - * / // % ^, brackets, and {', '.join(_FUNCTIONS)}"


def _limited(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise Refused("ToolFailed", "a number of more than 2,000 digits")
    return value


def _divisor(value: Fraction) -> Fraction:
    if value == 0:
        raise Refused("ToolFailed", "division by zero")
    return value


def _whole(value: Fraction, most: int, name: str) -> int:
    if value.denominator != 1 or not 0 <= value <= most:
        raise Refused("ToolFailed", f"{name} takes a whole number from 0 to {most:,}")
    return int(value)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise Refused("ToolFailed", "a power takes a whole exponent: write `sqrt(x, 6)` for a root")
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if abs(base) != 1 and base and (size - 1) * abs(exponent) > MOST_BITS:  # known before it is made
        raise Refused("ToolFailed", "a number of more than 2,000 digits")
    if base == 0 and exponent < 0:
        raise Refused("ToolFailed", "division by zero")
    if abs(base) == 1 or base == 0:
        exponent = Fraction(exponent % 2 if exponent else 0) if base else exponent
        return base if exponent else Fraction(1)
    return Fraction(base ** int(exponent))


def _sqrt(value: Fraction, places: Fraction | None = None) -> Fraction:
    if value < 0:
        raise Refused("ToolFailed", "the root of a negative number")
    if places is not None:
        scale = 10 ** _whole(places, MOST_PLACES, "sqrt")
        doubled = math.isqrt(4 * value.numerator * scale * scale // value.denominator)
        return Fraction((doubled + 1) // 2, scale)
    root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    if root * root != value:
        raise Refused("ToolFailed", "this root is no fraction: say to how many places, as in `sqrt(2, 6)`")
    return root


def _round(value: Fraction, places: Fraction = Fraction(0)) -> Fraction:
    """Round halves away from zero, as people do."""
    scale = 10 ** _whole(places, MOST_PLACES, "round")
    size = math.floor(abs(value) * scale + Fraction(1, 2))
    return Fraction(size if value >= 0 else -size, scale)


def _integers(name: str, found: Callable[..., int]) -> Callable[..., Fraction]:
    def applied(*values: Fraction) -> Fraction:
        if any(value.denominator != 1 for value in values):
            raise Refused("ToolFailed", f"{name} takes whole numbers")
        return Fraction(found(*(int(value) for value in values)))

    return applied


_FUNCTIONS: dict[str, tuple[int, int, Callable[..., Fraction]]] = {
    "abs": (1, 1, abs),
    "min": (1, 100, min),
    "max": (1, 100, max),
    "floor": (1, 1, lambda value: Fraction(math.floor(value))),
    "ceil": (1, 1, lambda value: Fraction(math.ceil(value))),
    "round": (1, 2, _round),
    "sqrt": (1, 2, _sqrt),
    "gcd": (2, 100, _integers("gcd", math.gcd)),
    "lcm": (2, 100, _integers("lcm", lambda *values: _lcm(values))),
    "factorial": (1, 1, lambda value: Fraction(math.factorial(_whole(value, MOST_FACTORIAL, "factorial")))),
}


def _lcm(values: tuple[int, ...]) -> int:
    found = 1
    for value in values:
        found = math.lcm(found, value)
        _limited(Fraction(found))
    return found


class _Arithmetic(Transformer[Token, Fraction]):
    """Calculates while the expression is read: what is nested deeply needs no deep stack."""

    def add(self, parts: list[Fraction]) -> Fraction:
        return _limited(parts[0] + parts[1])

    def subtract(self, parts: list[Fraction]) -> Fraction:
        return _limited(parts[0] - parts[1])

    def multiply(self, parts: list[Fraction]) -> Fraction:
        return _limited(parts[0] * parts[1])

    def divide(self, parts: list[Fraction]) -> Fraction:
        return _limited(parts[0] / _divisor(parts[1]))

    def quotient(self, parts: list[Fraction]) -> Fraction:
        return Fraction(parts[0] // _divisor(parts[1]))

    def remainder(self, parts: list[Fraction]) -> Fraction:
        return _limited(parts[0] % _divisor(parts[1]))

    def negative(self, parts: list[Fraction]) -> Fraction:
        return -parts[0]

    def power(self, parts: list[Fraction]) -> Fraction:
        return _limited(_power(parts[0], parts[1]))

    def number(self, parts: list[Token]) -> Fraction:
        return _limited(Fraction(str(parts[0])))

    def constant(self, parts: list[Token]) -> Fraction:
        raise Refused("ToolFailed", f"`{shortened(parts[0], 20)}` is no number: write its value")

    def call(self, parts: list[Any]) -> Fraction:
        name, values = str(parts[0]), parts[1:]
        if name not in _FUNCTIONS:
            raise Refused("ToolFailed", f"there is no function `{shortened(name, 20)}`: {', '.join(_FUNCTIONS)}")
        least, most, function = _FUNCTIONS[name]
        if not least <= len(values) <= most:
            takes = str(least) if least == most else f"{least} to {most}"
            raise Refused("ToolFailed", f"{name} takes {takes} values")
        return _limited(function(*values))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", transformer=_Arithmetic())
