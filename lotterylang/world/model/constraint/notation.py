"""Notation: a shape in, a terminal expression of llguidance's grammar language out.

Shapes are finite, so every reply to a hole is a regular language: one terminal, without a parser's ambiguities. Inside
a list or a record texts are JSON. Next door: `reading.py` states the same language as a test; `constraint.py` adds
ends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from lotterylang.run.shapes import Calls, Decimal, Fields, Free, Listing, Maybe, OneOf, Shape, Whole
from lotterylang.world.model.constraint import pattern
from lotterylang.world.model.constraint.pattern import Chars, Choice, Pattern, Ranges, Repeat, Sequence

LARGEST = 10**12 - 1
"""A number has at most 12 digits before its point."""

NOTHING = "(/a/ & /b/)"
"""The expression that no text matches."""

ANYTHING = "/(?s:.*)/"

_CONTROLS: Ranges = ((0, 8), (11, 31), (127, 127))
ONE_LINE: Ranges = pattern.without(pattern.EVERYTHING, pattern.normal([*_CONTROLS, (10, 10)]))
"""The characters of a text on one line: all but control characters; the tab is one of them."""

MANY_LINES: Ranges = pattern.without(pattern.EVERYTHING, _CONTROLS)
"""The characters of a text with lines: also the newline."""


@dataclass(slots=True)
class Notation:
    """Writes shapes; `definitions` are the terminals that what it wrote refers to."""

    definitions: list[str] = field(default_factory=list)

    def of(self, shape: Shape, nested: bool = False) -> str:
        """Write a shape; `nested` inside a list or a record. Errors: ValueError for a pattern out of bounds."""
        match shape:
            case OneOf(options, is_number):
                return either([literal(written(option, nested and not is_number)) for option in options])
            case Whole(low, high):
                return regex(whole(low, high))
            case Decimal(low, high):
                return regex(decimal(low, high))
            case Free():
                return self._free(shape, nested)
            case Listing(item, fewest, most):
                return self._listing(self.of(item, nested=True), fewest, most)
            case Fields(fields):
                parts = [f"{json.dumps(name, ensure_ascii=False)}: " for name, _ in fields]
                texts = [literal(("{" if not index else ", ") + part) for index, part in enumerate(parts)]
                inner = [self.of(part, nested=True) for _, part in fields]
                return (
                    joined([*(part for pair in zip(texts, inner, strict=True) for part in pair), literal("}")])
                    if fields
                    else literal("{}")
                )
            case Maybe(inner_shape):
                return either([literal("null" if nested else "none"), self.of(inner_shape, nested)])

            case Calls(tools):
                return either([self._call(name, arguments) for name, arguments in tools])

    def _call(self, tool: str, arguments: tuple[tuple[str, Shape], ...]) -> str:
        parts: list[str] = []
        for place, (name, shape) in enumerate(arguments):
            parts += [literal(f"{', ' if place else f'{tool}('}{name} = "), self.of(shape, nested=True)]
        return joined([*(parts or [literal(f"{tool}(")]), literal(")")])

    def _free(self, shape: Free, nested: bool) -> str:
        allowed = MANY_LINES if shape.lines else ONE_LINE
        high = "" if shape.longest is None else str(shape.longest)
        if shape.longest is not None and shape.longest < shape.shortest:
            return NOTHING
        parts = [regex(f"{_chars(allowed, nested)}{{{shape.shortest},{high}}}")]
        parts += [regex(_of_pattern(pattern.parsed(expression), allowed, nested)) for expression in shape.patterns]
        parts += [self._part_of(text, nested) for text in shape.parts_of]
        body = " & ".join(parts)
        return joined([literal('"'), f"({body})", literal('"')]) if nested else f"({body})"

    def _part_of(self, text: str, nested: bool) -> str:
        chunks = [escaped(character) if nested else character for character in text]
        name = f"PART{len(self.definitions)}"
        self.definitions.append(f"{name}: %regex {json.dumps({'substring_chunks': chunks}, ensure_ascii=False)}")
        return name

    def _listing(self, item: str, fewest: int, most: int | None) -> str:
        if most is not None and most < fewest:
            return NOTHING
        if most == 0:
            return literal("[]")
        times = f"{{{max(fewest - 1, 0)},{'' if most is None else most - 1}}}"
        name = f"ITEM{len(self.definitions)}"
        self.definitions.append(f"{name}: {item}")
        more = "" if most == 1 else f'(", " {name}){times}'
        some = f'("[" {name} {more} "]")'
        return either([literal("[]"), some]) if fewest <= 0 else some


def written(text: str, nested: bool) -> str:
    """Write a text as it stands in a reply: as is, or as JSON inside a list or a record."""
    return json.dumps(text, ensure_ascii=False) if nested else text


def escaped(character: str) -> str:
    """Write a character as it stands inside a JSON string."""
    return json.dumps(character, ensure_ascii=False)[1:-1]


def literal(text: str) -> str:
    """Write a terminal that is exactly this text."""
    return (
        regex("".join(f"\\x{{{ord(c):X}}}" if not c.isalnum() or not c.isascii() else c for c in text))
        if text
        else "/(?:)/"
    )


def regex(body: str) -> str:
    """Write a terminal that is a regular expression; `body` has no bare slash."""
    return f"/{body}/"


def either(expressions: list[str]) -> str:
    """Write any one of several."""
    return f"({' | '.join(expressions)})" if expressions else NOTHING


def joined(expressions: list[str]) -> str:
    """Write several, one after another."""
    return f"({' '.join(expressions)})"


def whole(low: int | None, high: int | None) -> str:
    """Write the whole numbers between two bounds as a regular expression."""
    least = -LARGEST if low is None else max(low, -LARGEST)
    most = LARGEST if high is None else min(high, LARGEST)
    return _alternatives([f"-{part}" for part in _span(max(1, -most), -least)] + _span(max(0, least), most))


def decimal(low: int | None, high: int | None) -> str:
    """Write the numbers with at most six digits after the point, between two whole bounds."""
    least = -LARGEST - 1 if low is None else max(low, -LARGEST - 1)  # one too many, which nothing reaches
    most = LARGEST + 1 if high is None else min(high, LARGEST + 1)
    return _alternatives(_magnitudes(max(0, least), most) + [f"-{part}" for part in _negative(max(0, -most), -least)])


_FRACTION = r"(?:\.[0-9]{1,6})?"
_ZEROS = r"(?:\.0{1,6})?"
_SOMETHING = "|".join(rf"0\.0{{{zeros}}}[1-9][0-9]{{0,{5 - zeros}}}" for zeros in range(6))


def _magnitudes(least: int, most: int) -> list[str]:
    """Write the numbers between two bounds, both at least 0: only whole ones reach the upper bound itself."""
    last = [part + _ZEROS for part in _span(most, most)] if least <= most <= LARGEST else []
    return [part + _FRACTION for part in _span(least, most - 1)] + last


def _negative(least: int, most: int) -> list[str]:
    """Write the magnitudes of negative numbers: zero is not one of them."""
    below_one = [f"(?:{_SOMETHING})"] if least == 0 and most >= 1 else []
    return below_one + (_magnitudes(max(1, least), most) if most >= 1 else [])


def _alternatives(parts: list[str]) -> str:
    return f"(?:{'|'.join(parts)})" if parts else r"[^\x{0}-\x{10FFFF}]"


def _span(least: int, most: int) -> list[str]:
    """Write the whole numbers from `least` (at least 0) to `most` as regular expressions, few of them."""
    parts = []
    while least <= most:
        size = 1
        while least % (size * 10) == 0 and least + size * 10 - 1 <= most and least > 0:
            size *= 10
        digits = len(str(size)) - 1
        steps = min(9 - least // size % 10, (most - least + 1) // size - 1)
        head = str(least // size)
        last = head[-1] if steps == 0 else f"[{head[-1]}-{int(head[-1]) + steps}]"
        parts.append(head[:-1] + last + (f"[0-9]{{{digits}}}" if digits else ""))
        least += (steps + 1) * size
    return parts


def _chars(ranges: Ranges, nested: bool) -> str:
    """Write one character of these ranges; in JSON, quotes, backslashes and control characters are escaped."""
    if not ranges:
        return r"[^\x{0}-\x{10FFFF}]"
    if not nested:
        return _class(ranges)
    plain, marked = pattern.without(ranges, _ESCAPED), pattern.common(ranges, _ESCAPED)
    escapes = [escaped(chr(code)).replace("\\", "\\\\") for low, high in marked for code in range(low, high + 1)]
    return f"(?:{'|'.join([*([_class(plain)] if plain else []), *escapes])})"


_ESCAPED: Ranges = pattern.normal([(0, 31), (ord('"'), ord('"')), (ord("\\"), ord("\\"))])


def _class(ranges: Ranges) -> str:
    return "[" + "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in ranges) + "]"


def _of_pattern(tree: Pattern, allowed: Ranges, nested: bool) -> str:
    match tree:
        case Chars(ranges):
            return _chars(pattern.common(ranges, allowed), nested)
        case Sequence(items):
            return "(?:" + "".join(_of_pattern(item, allowed, nested) for item in items) + ")"
        case Choice(items):
            return "(?:" + "|".join(_of_pattern(item, allowed, nested) for item in items) + ")"
        case Repeat(item, low, high):
            return f"(?:{_of_pattern(item, allowed, nested)}){{{low},{'' if high is None else high}}}"
