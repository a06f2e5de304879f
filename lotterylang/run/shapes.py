"""Shapes: which texts may fill a hole, as data.

The checker turns a hole's type and `where` into a shape; the machine puts run-time values into it; a model turns it
into a constraint on its tokens. Nothing here knows a model or a tokenizer. Next door: `effects.py` carries shapes.

How a shape is written as text is `docs/spec/holes.md`: a hole's own text is plain (`Paris`, `42`, `yes`); inside a list
or a record it is JSON on one line, with one space after `,` and `:`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these texts: an enum's written cases, literal choices, `yes`/`no`, a text from a list.

    `is_number` says that they are numbers, which stand in a list or a record without quotes.
    """

    options: tuple[str, ...]
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in decimal digits, at most 12, no leading zero; both bounds are included."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Decimal:
    """A whole number, then optionally a point and 1 to 6 digits; both bounds are included and whole."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Free:
    """Text of `shortest` to `longest` code points (None: bounded by a stop or a token limit only).

    It stays on one line unless `lines`. Every regular expression of `patterns` matches the whole of it (the syntax that
    Rust's `regex` crate and Python's `re` share: no look-around, no back-references, no anchors). It is a contiguous
    part of every text of `parts_of`. It does not contain any of the hole's stops.
    """

    shortest: int = 0
    longest: int | None = None
    lines: bool = False
    patterns: tuple[str, ...] = ()
    parts_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A JSON list of `fewest` to `most` items (None: bounded by a token limit only)."""

    item: Shape
    fewest: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object with these keys, in this order."""

    fields: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class Maybe:
    """`none` (JSON `null` inside a list or record), or the shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Calls:
    """A call of one of these tools: `calc(expression = "2 + 2")`, all its arguments in order, each in JSON."""

    tools: tuple[tuple[str, tuple[tuple[str, Shape], ...]], ...]


Shape = OneOf | Whole | Decimal | Free | Listing | Fields | Maybe | Calls


@dataclass(frozen=True, slots=True)
class Hole:
    """A named gap in a prompt that the model fills.

    The reply for the hole ends before the first of `stops`, which is neither part of the value nor written twice; where
    literal text follows the hole, it also ends before the first line of that text. Units: `max_tokens` in tokens of the
    model that answers; a reply that this limit cuts before its shape is complete is the failure `Truncated`.
    """

    name: str
    shape: Shape
    stops: tuple[str, ...] = ()
    max_tokens: int | None = None
