"""Reading: a shape and a text in, whether the text is written as the shape asks out.

The same language as `notation.py`, stated as a test and on purpose by other means, so that each checks the other.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from lotterylang.run.shapes import Calls, Decimal, Fields, Free, Listing, Maybe, OneOf, Shape, Whole

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,11})")
_DECIMAL = re.compile(_WHOLE.pattern + r"(\.[0-9]{1,6})?")
_DECODER = json.JSONDecoder()
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class _Number(str):
    """A JSON number as it is written."""

    __slots__ = ()


def fits(shape: Shape, text: str) -> bool:
    """Tell whether a hole's own text is one that the shape allows."""
    match shape:
        case OneOf(options):
            return text in options
        case Whole() | Decimal():
            return _counts(shape, text)
        case Free():
            return _is_free(shape, text)
        case Maybe(inner):
            return text == "none" or fits(inner, text)
        case Listing() | Fields():
            value = _parsed(text)
            return _holds(shape, value) and _dumped(value) == text
        case Calls(tools):
            return any(_is_call(name, arguments, text) for name, arguments in tools)


def _is_call(tool: str, arguments: tuple[tuple[str, Shape], ...], text: str) -> bool:
    """Tell whether a text is a call of a tool: what stands before each argument is known, so it is cut off by that."""
    rest = text
    for place, (name, shape) in enumerate(arguments):
        before = f"{', ' if place else f'{tool}('}{name} = "
        if not rest.startswith(before):
            return False
        rest = rest[len(before) :]
        try:
            _, end = _DECODER.raw_decode(rest)
        except (ValueError, RecursionError):
            return False
        value = _parsed(rest[:end])
        if not _holds(shape, value) or _dumped(value) != rest[:end]:
            return False
        rest = rest[end:]
    return rest == ")" if arguments else text == f"{tool}()"


def _counts(shape: Whole | Decimal, text: str) -> bool:
    form = _WHOLE if isinstance(shape, Whole) else _DECIMAL
    if not form.fullmatch(text):
        return False
    value = Fraction(text)
    if text.startswith("-") and not value:
        return False  # zero has no sign
    return (shape.low is None or value >= shape.low) and (shape.high is None or value <= shape.high)


def _is_free(shape: Free, text: str) -> bool:
    if len(text) < shape.shortest or (shape.longest is not None and len(text) > shape.longest):
        return False
    if _CONTROL.search(text) or (not shape.lines and "\n" in text):
        return False
    return all(re.fullmatch(p, text) for p in shape.patterns) and all(text in whole for whole in shape.parts_of)


_NO_JSON = object()


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text, parse_int=_Number, parse_float=_Number, parse_constant=_no_number, object_pairs_hook=tuple
        )
    except (ValueError, RecursionError):
        return _NO_JSON


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _holds(shape: Shape, value: Any) -> bool:
    match shape:
        case Listing(item, fewest, most):
            counted = isinstance(value, list) and len(value) >= fewest and (most is None or len(value) <= most)
            return counted and all(_holds(item, one) for one in value)
        case Fields(fields):
            named = isinstance(value, tuple) and tuple(name for name, _ in value) == tuple(name for name, _ in fields)
            return named and all(_holds(part, one) for (_, part), (_, one) in zip(fields, value, strict=True))
        case Maybe(inner):
            return value is None or _holds(inner, value)
        case Whole() | Decimal():
            return isinstance(value, _Number) and _counts(shape, value)
        case Calls():
            return False  # stands alone in its hole
        case OneOf(options, is_number):
            return isinstance(value, str) and isinstance(value, _Number) == is_number and value in options
        case Free():
            return isinstance(value, str) and not isinstance(value, _Number) and fits(shape, value)


def _dumped(value: Any) -> str:
    """Write a parsed value the one way in which a reply may write it."""
    match value:
        case list():
            return "[" + ", ".join(map(_dumped, value)) + "]"
        case tuple():
            return (
                "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_dumped(one)}" for name, one in value) + "}"
            )
        case _Number():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case None:
            return "null"
        case _:
            return ""
