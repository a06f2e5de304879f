"""Values as the text a prompt shows: the one table of renderings (`docs/spec/rendering.md`)."""

from __future__ import annotations

import json
from decimal import Context, Decimal
from fractions import Fraction

from lotterylang.run.values import Case, Record, ToolCall, Value

MOST_PLACES = 30
"""A decimal that terminates later than this is written to 6 significant digits too."""

_SIX_DIGITS = Context(prec=6)


def written_number(value: int | Fraction) -> str:
    """Write a number: whole, as a terminating decimal, or to 6 significant digits; never with an exponent."""
    if value.denominator == 1:
        return str(value.numerator)
    places = _places(value.denominator)
    if places is None:
        decimal = _SIX_DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
        text = f"{decimal:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _places(denominator: int) -> int | None:
    """Count the decimal places of a fraction in lowest terms; None where it does not terminate soon."""
    counts = []
    for prime in (2, 5):
        count = 0
        while denominator % prime == 0:
            denominator, count = denominator // prime, count + 1
        counts.append(count)
    return max(counts) if denominator == 1 and max(counts) <= MOST_PLACES else None


def _in_json(value: Value) -> str:
    """Write an argument of a call as a hole would: JSON on one line."""
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_in_json, value))}]"
    if isinstance(value, Record | dict):
        fields = value.fields if isinstance(value, Record) else value
        return f"{{{', '.join(f'{_in_json(str(name))}: {_in_json(field)}' for name, field in fields.items())}}}"
    text = rendered(value)
    is_number = isinstance(value, int | Fraction) and not isinstance(value, bool)
    return text if is_number else json.dumps(text, ensure_ascii=False)


def _numbered(place: int, item: Value) -> str:
    """Write an item of a list: a Hit with its number and title before it."""
    if not isinstance(item, Record):
        return rendered(item)
    title = item.fields.get("title")
    return f"[{place}] {title}: {rendered(item)}" if title else f"[{place}] {rendered(item)}"


def rendered(value: Value, alone: bool = False) -> str:
    """Write a value in `${}`. `alone`: it stands alone on its line, so a list is written one item a line."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Fraction):
        return written_number(value)
    if isinstance(value, Case):
        return value.written
    if isinstance(value, tuple):
        items = (_numbered(place, item) for place, item in enumerate(value, 1))
        return ("\n" if alone else ", ").join(items)
    if isinstance(value, Record) and "text" in value.fields:  # a Hit: the checker lets no other record through
        return rendered(value.fields["text"])
    if isinstance(value, ToolCall):
        named = (f"{name} = {_in_json(argument)}" for name, argument in value.arguments.items())
        return f"{value.tool}({', '.join(named)})"
    raise TypeError(f"{type(value).__name__} has no rendering")
