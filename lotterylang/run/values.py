"""Values of a running program. They never change.

text is `str`, int is `int`, number is `int` or `Fraction` (never `float`), bool is `bool`, none is `None`, a list is a
`tuple`, a map is a `dict` that nobody writes to; the rest is here. Next door: `render.py` and `convert.py` turn values
into text and JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from lotterylang.run.paths import Path

Value = Any
"""A value of the language, as listed above; the checker has settled which."""


class Tuple(tuple[Value, ...]):
    """`(a, b)`: told apart from a list only where a value is shown."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A case of an enum. Two are equal if enum and name are; they are ordered as their enum declares them."""

    enum: str
    name: str
    written: str = field(compare=False)
    place: int = field(default=0, compare=False)  # in its enum, from 0

    def __lt__(self, other: Case) -> bool:
        return self.place < other.place

    def __le__(self, other: Case) -> bool:
        return self.place <= other.place

    def __gt__(self, other: Case) -> bool:
        return self.place > other.place

    def __ge__(self, other: Case) -> bool:
        return self.place >= other.place


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a reply besides its text: how many tokens it has, and their log-probability in nats."""

    tokens: int
    logprob: int | Fraction


@dataclass(frozen=True, slots=True)
class Record:
    """A record; equal to every record with the same fields and values, whatever its name and order."""

    name: str | None = field(compare=False)
    fields: dict[str, Value]
    said: Said | None = field(default=None, compare=False, repr=False)  # of what an ASK gave

    def __hash__(self) -> int:
        return hash(frozenset(self.fields.items()))


def number(value: int | Fraction) -> int | Fraction:
    """Give a number in its one form: whole numbers as `int`."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def rounded(value: float, digits: int = 12) -> int | Fraction:
    """Give an inexact result as an exact number of `digits` significant digits, the same on every machine."""
    return number(Fraction(f"{value:.{digits}g}"))


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`calc("2 + 2")`: a tool and its arguments by name, in the order of its parameters."""

    tool: str
    arguments: dict[str, Value]

    def __hash__(self) -> int:
        return hash((self.tool, *self.arguments))


class Failure(Exception):
    """A failure of the language: `Rejected`, `Empty`, `Truncated` … It passes through calls until it is caught.

    `passed` lists where it passed, innermost first: the effect path and the place in the source. The paths of deep
    calls are long, so they are written out only where they are shown. `earlier` are the failures that led to it: those
    of the attempts before it, or the one that a `catch` was about to handle.
    """

    def __init__(self, kind: str, message: str, best: Value = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.best = best
        self.passed: list[tuple[Path, str]] = []
        self.earlier: tuple[Failure, ...] = ()

    @property
    def path(self) -> str:
        """Give the path at which it happened; empty if it passed nowhere."""
        return str(self.passed[0][0]) if self.passed else ""

    def causes(self, most: int) -> list[tuple[str, str]]:
        """Write out where it passed, innermost first: of more than `most` the first and the last, half of each."""
        shown = self.passed if len(self.passed) <= most else self.passed[: most // 2] + self.passed[-(most // 2) :]
        return [(str(path), place) for path, place in shown]
