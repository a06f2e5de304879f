"""Drawing: a shape and a source of picks in, a legal text out, without a model.

One walk for both dice: where there are n ways the source picks one, and way 0 is the first, the lowest or the shortest.
Next door: `dice.py` has the sources and judges what was drawn by `constraint/reading.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from lotterylang.run.shapes import Calls, Decimal, Fields, Free, Listing, Maybe, OneOf, Shape, Whole
from lotterylang.world.model.constraint import pattern
from lotterylang.world.model.constraint.notation import LARGEST, MANY_LINES, ONE_LINE, written
from lotterylang.world.model.constraint.pattern import Chars, Choice, Pattern, Ranges, Repeat, Sequence

Pick = Callable[[int], int]
"""Given how many ways there are (at least 1), says which, counted from 0."""

LONGEST_UNBOUNDED = 20
"""Characters of a text that nothing bounds."""

_MORE_ITEMS = 3  # beyond the fewest, of a list that nothing bounds
_MORE_REPEATS = 8
_PRINTABLE: Ranges = ((32, 126),)
_USUAL: tuple[Ranges, ...] = (((97, 122),), ((48, 57),), ((65, 90),), ((32, 47), (58, 64), (91, 96), (123, 126)))


class NoWay(Exception):
    """There is no legal text."""


def drawn(shape: Shape, pick: Pick, longest: int, nested: bool = False) -> str:
    """Draw the text of a shape; `longest` bounds texts that the shape itself does not, in characters.

    A text of several patterns or parts obeys only one of them for certain. Errors: NoWay.
    """
    match shape:
        case OneOf(options, is_number):
            return written(options[_picked(pick, len(options))], nested and not is_number)
        case Whole(low, high):
            return str(_number(low, high, pick))
        case Decimal(low, high):
            return _decimal(low, high, pick)
        case Free():
            return written(_text(shape, pick, longest), nested)
        case Listing(item, fewest, most):
            count = fewest + _picked(pick, (fewest + _MORE_ITEMS if most is None else most) - fewest + 1)
            return "[" + ", ".join(drawn(item, pick, longest, nested=True) for _ in range(count)) + "]"
        case Fields(fields):
            named = (f"{written(name, True)}: {drawn(part, pick, longest, nested=True)}" for name, part in fields)
            return "{" + ", ".join(named) + "}"
        case Calls(tools):
            tool, arguments = tools[_picked(pick, len(tools))]
            given = (f"{name} = {drawn(part, pick, longest, nested=True)}" for name, part in arguments)
            return f"{tool}({', '.join(given)})"
        case Maybe(inner):
            none = "null" if nested else "none"
            return none if _picked(pick, 2) == 0 else drawn(inner, pick, longest, nested)


def _picked(pick: Pick, ways: int) -> int:
    if ways < 1:
        raise NoWay
    return pick(ways)


def _number(low: int | None, high: int | None, pick: Pick) -> int:
    """Draw a whole number; the first is the lowest, or the one nearest to 0 where nothing bounds it below."""
    least = -LARGEST if low is None else max(low, -LARGEST)
    most = LARGEST if high is None else min(high, LARGEST)
    first = min(0, most) if low is None else least
    ways = most - least + 1
    return least + (first - least + _picked(pick, ways)) % ways


def _decimal(low: int | None, high: int | None, pick: Pick) -> str:
    whole = _number(low, high, pick)
    digits = _picked(pick, 7)
    fraction = "".join(str(_picked(pick, 10)) for _ in range(digits))
    if not fraction or whole == high:  # nothing lies between the highest bound and itself
        return str(whole)
    if whole >= 0:
        return f"{whole}.{fraction}"
    above = 10**digits - int(fraction)  # the point of -3 + 0.25 is written -2.75
    rest = -whole - 1 if above < 10**digits else -whole
    return f"-{rest}.{above % 10**digits:0{digits}}" if rest or above % 10**digits else "0"


def _text(shape: Free, pick: Pick, longest: int) -> str:
    if shape.parts_of:
        return _part(shape, min(shape.parts_of, key=len), pick)
    allowed = MANY_LINES if shape.lines else ONE_LINE
    if shape.patterns:
        return _member(pattern.parsed(shape.patterns[0]), allowed, pick)
    most = max(shape.shortest, longest) if shape.longest is None else shape.longest
    count = shape.shortest + _picked(pick, most - shape.shortest + 1)
    characters = pattern.common(allowed, ((10, 10), *_PRINTABLE)) if shape.lines else _PRINTABLE
    return "".join(_character(characters, pick) for _ in range(count))


def _part(shape: Free, whole: str, pick: Pick) -> str:
    """Draw one of the contiguous parts of legal length, each place counted, the shortest and earliest first."""
    most = len(whole) if shape.longest is None else min(shape.longest, len(whole))
    least = shape.shortest
    if not least and most:
        least = 1  # the empty part is legal, but tells nothing
    counts = [len(whole) - size + 1 for size in range(least, most + 1)]
    place = _picked(pick, sum(counts))
    for size, count in enumerate(counts, start=least):
        if place < count:
            return whole[place : place + size]
        place -= count
    raise NoWay


def _member(tree: Pattern, allowed: Ranges, pick: Pick) -> str:
    """Draw a text that a pattern matches."""
    match tree:
        case Chars(ranges):
            return _character(pattern.common(ranges, allowed), pick)
        case Sequence(items):
            return "".join(_member(item, allowed, pick) for item in items)
        case Choice(items):
            ordered = sorted(items, key=_shortest)
            return _member(ordered[_picked(pick, len(ordered))], allowed, pick)
        case Repeat(item, low, high):
            most = low + _MORE_REPEATS if high is None else high
            return "".join(_member(item, allowed, pick) for _ in range(low + _picked(pick, most - low + 1)))


def _shortest(tree: Pattern) -> int:
    match tree:
        case Chars():
            return 1
        case Sequence(items):
            return sum(map(_shortest, items))
        case Choice(items):
            return min(map(_shortest, items))
        case Repeat(item, low, _):
            return low * _shortest(item)


def _character(ranges: Ranges, pick: Pick) -> str:
    """Draw a character, a printable one of ASCII where there is one."""
    usual = [pair for wanted in _USUAL for pair in pattern.common(ranges, wanted)] or ranges
    place = _picked(pick, sum(high - low + 1 for low, high in usual))
    for low, high in usual:
        if place <= high - low:
            return chr(low + place)
        place -= high - low + 1
    raise NoWay
