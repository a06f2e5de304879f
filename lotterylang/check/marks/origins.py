"""Origins: what strangers wrote, as marks on values before the run; and what functions do with marked values.

A document, or what a tool has read, is a stranger's; what the user gives and the program says is not. What is made of
marked values is marked: a model's reply by its prompt. Next door: `program.py` follows values through the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from lotterylang.syntax.source import Span


@dataclass(frozen=True, slots=True)
class Origin:
    """What brings in what a stranger wrote: an effect, or a memory in which an earlier run has left it."""

    kind: Literal["document", "tool", "memory"]
    span: Span


@dataclass(frozen=True, slots=True)
class Given:
    """Whatever marks an argument has: it stands in what is known of a function, and is replaced where it is called."""

    param: str


Marks = frozenset[Origin | Given]
NONE: Marks = frozenset()


def joined(marks: Iterable[Marks]) -> Marks:
    """Join the marks of parts."""
    return NONE.union(*marks)


def replaced(marks: Marks, given: Mapping[str, Marks]) -> Marks:
    """Put the marks of arguments in the place of parameters."""
    return joined(given.get(each.param, NONE) if isinstance(each, Given) else frozenset({each}) for each in marks)


@dataclass(frozen=True, slots=True)
class Act:
    """A CALL of a tool that acts: the marks of what it is `given`, or of what has `decided` that it runs."""

    tool: str
    span: Span
    way: Literal["given", "decided"]
    marks: Marks

    @property
    def origins(self) -> list[Origin]:
        """List what strangers wrote, in the order of the source."""
        found = [each for each in self.marks if isinstance(each, Origin)]
        return sorted(found, key=lambda each: (each.span.source.name, each.span.start))


@dataclass(frozen=True, slots=True)
class Flow:
    """What a function does with marks.

    `result` marks its value, `fails` what decides whether it fails by its own word, if it `may_fail` so; `acts` its
    outside actions and those of what it calls, `writes` what it puts into memory by place, and `touched` all that it
    ever computes with.
    """

    result: Marks = NONE
    fails: Marks = NONE
    acts: frozenset[Act] = frozenset()
    writes: frozenset[tuple[str, Marks]] = frozenset()
    touched: Marks = NONE
    may_fail: bool = False
