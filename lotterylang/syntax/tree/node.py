"""What every node has, and the short names that nodes share."""

from __future__ import annotations

from dataclasses import dataclass, field

from lotterylang.syntax.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a program and its place in the source."""

    span: Span = field(compare=False, repr=False)


Binder = tuple[str, ...]
"""One name, or the names that a tuple is taken apart into."""
