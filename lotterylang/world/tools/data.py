"""Plain data, as `run/effects.py` has it: from what a Python function gives, and over a pipe without loss.

Enters: Python values. Leaves: None, bool, int, `Fraction`, str, list, dict; or JSON of that, in which a number that is
not whole is `{"number": "1/3"}` and a record or map is `{"map": {…}}`. Next door: `signature.py`, `worker.py`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from lotterylang.run.effects import Data
from lotterylang.world.tools.refusal import Refused

DEEPEST = 30
"""How deep data may be nested."""

MOST_PARTS = 100_000
"""How many values data may hold."""

LONGEST_TEXT = 1_000_000
"""Characters of one text."""

MOST_BITS = 13_000
"""Bits of a whole number: about 3,900 digits, so that it can be written anywhere."""


def as_data(value: Any) -> Data:
    """Give a Python value as plain data. Errors: Refused ToolFailed for what is none, or too much."""
    return _Reading().of(value, 0)


class _Reading:
    """One reading, which counts its parts."""

    def __init__(self) -> None:
        self.parts = 0

    def of(self, value: Any, depth: int) -> Data:
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST_PARTS:
            raise Refused("ToolFailed", f"more than {DEEPEST} levels or {MOST_PARTS:,} values")
        match value:
            case Enum():
                return value.name
            case None | bool():
                return value
            case int() | float() | Decimal() | Fraction():
                return _number(value)
            case str():
                return _text(str(value))
            case date() | datetime() | time():
                return value.isoformat()
            case BaseModel():
                return self._map({name: getattr(value, name) for name in type(value).model_fields}, depth)
            case Mapping():
                return self._map(value, depth)
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                return self._map({f.name: getattr(value, f.name) for f in dataclasses.fields(value)}, depth)
            case tuple() if hasattr(value, "_asdict"):
                return self._map(value._asdict(), depth)
            case list() | tuple():
                return [self.of(item, depth + 1) for item in value]
        raise Refused("ToolFailed", f"a Python `{type(value).__name__}` is no value of the language")

    def _map(self, fields: Mapping[Any, Any], depth: int) -> Data:
        if not all(isinstance(name, str) for name in fields):
            raise Refused("ToolFailed", "the keys of a map are texts")
        return {_text(str(name)): self.of(item, depth + 1) for name, item in fields.items()}


def _number(value: int | float | Decimal | Fraction) -> int | Fraction:
    """Give a number exactly; a float as its shortest text reads, so that 0.1 is a tenth."""
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            raise Refused("ToolFailed", f"`{value}` is no number")
        if isinstance(value, Decimal) and abs(value.adjusted()) > MOST_BITS // 4:
            raise Refused("ToolFailed", "a number of too many digits")
        value = Fraction(str(value))
    exact = int(value) if value.denominator == 1 else Fraction(value)
    if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > MOST_BITS:
        raise Refused("ToolFailed", "a number of too many digits")
    return exact


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise Refused("ToolFailed", f"a text of more than {LONGEST_TEXT:,} characters")
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Refused("ToolFailed", "a text holds a NUL or half a character")
    return value


def packed(data: Data) -> Any:
    """Give data as JSON data without loss."""
    match data:
        case Fraction():
            return {"number": f"{data.numerator}/{data.denominator}"}
        case dict():
            return {"map": {name: packed(item) for name, item in data.items()}}
        case list() | tuple():
            return [packed(item) for item in data]
    return data


def unpacked(wire: Any) -> Data:
    """Give back what was packed. Errors: ValueError, KeyError, TypeError for what never was."""
    if isinstance(wire, list):
        return [unpacked(item) for item in wire]
    if isinstance(wire, dict):
        if "number" in wire:
            return Fraction(wire["number"])
        return {name: unpacked(item) for name, item in wire["map"].items()}
    return wire
