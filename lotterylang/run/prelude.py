"""What the functions of the prelude do. `check/prelude.py` has their signatures; names and parameters agree.

A function that is passed in arrives as a Python callable. Errors: `Failure` with the kinds that language.md names.
"""

from __future__ import annotations

import json as json_text
import math
import re
from collections.abc import Callable
from decimal import Context, Decimal
from fractions import Fraction

from lotterylang.run.convert import to_json
from lotterylang.run.matching import found_in, matches
from lotterylang.run.values import Failure, Record, ToolCall, Tuple, Value, number, rounded

Function = Callable[..., Value]
List = tuple[Value, ...]

_TWELVE_DIGITS = Context(prec=12)
_THIRTY_DIGITS = Context(prec=30)

LONGEST_TEXT = 10_000_000
"""Code points; `repeat` and the like may not pass it."""


def _extreme(pick: Callable[..., Value], xs: Value, args: tuple[Value, ...], by: Function | None) -> Value:
    if args:
        return pick(xs, args[0])
    if not xs:
        raise Failure("Empty", f"`{pick.__name__}` of an empty list")
    return pick(xs, key=by)


def _max(xs: Value, *args: Value, by: Function | None = None) -> Value:
    by, args = (args[0], ()) if args and callable(args[0]) else (by, args)
    return _extreme(max, xs, args, by)


def _min(xs: Value, *args: Value, by: Function | None = None) -> Value:
    by, args = (args[0], ()) if args and callable(args[0]) else (by, args)
    return _extreme(min, xs, args, by)


def _count(xs: List) -> Value:
    found: dict[Value, int] = {}
    for x in xs:
        found[x] = found.get(x, 0) + 1
    return found


def _group(xs: List, by: Function) -> Value:
    groups: dict[Value, list[Value]] = {}
    for x in xs:
        groups.setdefault(by(x), []).append(x)
    return {key: tuple(items) for key, items in groups.items()}


def _name_of(call: ToolCall) -> str:
    return call.tool


def _number(x: str) -> Value:
    return number(Fraction(x)) if re.fullmatch(r"\s*-?[0-9]{1,400}(\.[0-9]{1,400})?\s*", x) else None


def _int(x: str) -> Value:
    return int(x) if re.fullmatch(r"\s*-?[0-9]{1,400}\s*", x) else None


def _numbers(x: str) -> Value:
    """Find numerals: digits, thousands separated by commas, one point; a minus only where no word stands before it."""
    numeral = r"(?<![\w.])-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|(?<![\w.])-?[0-9]{1,400}(?:\.[0-9]{1,400})?"
    return tuple(number(Fraction(found.replace(",", ""))) for found in re.findall(numeral, x))


def _ln(x: Value) -> Value:
    if x <= 0:
        raise Failure("Undefined", "`ln` of a number that is not above 0")
    return rounded(math.log(x.numerator) - math.log(x.denominator))


def _sqrt(x: Value) -> Value:
    if x < 0:
        raise Failure("Undefined", "`sqrt` of a negative number")
    exact = Fraction(x)
    root = Fraction(math.isqrt(exact.numerator), math.isqrt(exact.denominator))
    if root * root == exact:
        return number(root)
    decimal = _THIRTY_DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return number(Fraction(_TWELVE_DIGITS.plus(decimal.sqrt(_THIRTY_DIGITS))))


def _position(xs: Value, x: Value) -> Value:
    if isinstance(xs, str):
        found = xs.find(x)
        return None if found < 0 else found
    return xs.index(x) if x in xs else None


def _put(m: dict[Value, Value], key: Value, value: Value) -> Value:
    return {**m, key: value}


def _repeat(x: str, n: int) -> str:
    if len(x) * max(n, 0) > LONGEST_TEXT:
        raise Failure("Undefined", f"`repeat` would make a text of {len(x) * n:,} characters")
    return x * max(n, 0)


def _replace(x: str, old: str, new: str) -> str:
    if not old:
        raise Failure("Undefined", "`replace` of an empty text")
    if x.count(old) * len(new) > LONGEST_TEXT:
        raise Failure("Undefined", "`replace` would make too long a text")
    return x.replace(old, new)


def _unique(xs: List) -> List:
    try:
        return tuple(dict.fromkeys(xs))
    except TypeError:  # maps, and what holds them, have no hash
        found: list[Value] = []
        for x in xs:
            if x not in found:
                found.append(x)
        return tuple(found)


def _round(x: Value, digits: int = 0) -> Value:
    if abs(digits) > 1_000:
        raise Failure("Undefined", "`round` to more than 1,000 digits")
    return number(Fraction(round(Fraction(x), digits)))


_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Jr|Sr|No|vs|etc|e\.g|i\.e|cf|ca|c|Inc|Ltd|Co|U\.S|a\.m|p\.m))\.$"
)


def _sentences(x: str) -> List:
    """Split after `.`, `!` or `?` before white space and a capital, digit or quote, and at line ends."""
    found: list[str] = []
    start = 0
    for end in re.finditer(r"""(?<=[.!?])["')\]]*\s+(?=["'(\[]?[A-Z0-9])|\n+""", x):
        piece = x[start : end.end()].strip()
        if _ABBREVIATED.search(piece) and "\n" not in end.group():
            continue
        found.append(piece)
        start = end.end()
    found.append(x[start:].strip())
    return tuple(piece for piece in found if piece)


_EDGES = ".,;:!?\"“”‘’'()[]{}…–—-«»`*"
_PAUSE = re.compile(r"[;:!?)\]\"”]$|[^\W\d_]{2,}\.$|[0-9]\.$")


def _phrases(x: str, most: int) -> List:
    """List the runs of at most `most` words in each sentence that cross no pause, punctuation at the edges removed."""
    found: dict[str, None] = {}
    for sentence in _sentences(x):
        parts = sentence.split()
        for start in range(len(parts)):
            for end in range(start, min(start + most, len(parts))):
                if end > start and (_PAUSE.search(parts[end - 1]) or parts[end][0] in '(["“'):
                    break
                phrase = " ".join(parts[start : end + 1]).strip(_EDGES)
                if phrase and parts[start].strip(_EDGES) and parts[end].strip(_EDGES):
                    found[phrase] = None
    return tuple(found)


def _split(x: str, at: str) -> List:
    if not at:
        raise Failure("Undefined", "`split` at an empty text")
    return tuple(x.split(at))


def _verdict(x: Value) -> Record:
    """Give a verdict as it is; what says yes or no, alone or by CHOOSE, as one."""
    if isinstance(x, Record) and "passed" in x.fields:
        return x
    passed = x.fields["value"] if isinstance(x, Record) else x
    sure = x.fields["probability"] if isinstance(x, Record) else 1
    fields = {"passed": passed, "note": "" if passed else "it was judged wrong", "score": sure if passed else 1 - sure}
    return Record("Verdict", fields)


def _chunks(xs: List | str, size: int) -> List:
    if size < 1:
        raise Failure("Undefined", f"`chunks` of size {size}")
    return tuple(xs[at : at + size] for at in range(0, len(xs), size))


def _range(low: int, high: int, step: int = 1) -> List:
    if step == 0:
        raise Failure("Undefined", "`range` in steps of 0")
    if (high - low) // step > LONGEST_TEXT:
        raise Failure("Undefined", f"the range has {(high - low) // step:,} numbers")
    return tuple(range(low, high, step))


FUNCTIONS: dict[str, Function] = {
    "abs": abs,
    "chars": lambda x: tuple(x),
    "chunks": _chunks,
    "contains": lambda x, part: part in x,
    "count": _count,
    "drop": lambda xs, n: xs[max(n, 0) :],
    "ends_with": lambda x, end: x.endswith(end),
    "every": lambda xs, holds: all(holds(x) for x in xs),
    "flat": lambda xs: tuple(item for x in xs for item in x),
    "floor": lambda x: math.floor(x),
    "group": _group,
    "int": _int,
    "join": lambda xs, between="": between.join(xs),
    "json": lambda x: json_text.dumps(to_json(x), ensure_ascii=False),
    "keys": lambda m: tuple(m),
    "len": len,
    "lines": lambda x: tuple(x.split("\n")),
    "ln": _ln,
    "lower": lambda x: x.lower(),
    "matches": lambda x, pattern: matches(pattern, x),
    "max": _max,
    "min": _min,
    "name_of": _name_of,
    "number": _number,
    "numbers": _numbers,
    "pairs": lambda m: tuple(Tuple(pair) for pair in m.items()),
    "phrases": _phrases,
    "position": _position,
    "product": lambda xs: number(math.prod(xs)),
    "put": _put,
    "range": _range,
    "repeat": _repeat,
    "replace": _replace,
    "reverse": lambda xs: xs[::-1],
    "round": _round,
    "sentences": _sentences,
    "some": lambda xs, holds: any(holds(x) for x in xs),
    "sort": lambda xs, by=None: tuple(sorted(xs, key=by)),
    "split": _split,
    "sqrt": _sqrt,
    "starts_with": lambda x, start: x.startswith(start),
    "strip": lambda x, signs=None: x.strip(signs),
    "sum": lambda xs: number(sum(xs)),
    "take": lambda xs, n: xs[: max(n, 0)],
    "tokens_of": lambda x, pattern: found_in(pattern, x),
    "turns": lambda pairs: pairs,  # the prompt makes turns of them
    "unique": _unique,
    "upper": lambda x: x.upper(),
    "values": lambda m: tuple(m.values()),
    "verdict": _verdict,
    "words": lambda x: tuple(x.split()),
    "zip": lambda a, b: tuple(Tuple(pair) for pair in zip(a, b, strict=False)),
}
