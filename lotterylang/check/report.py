"""What the checker has found wrong so far: collected, and raised together at the end."""

from __future__ import annotations

from lotterylang.check.types import UNKNOWN, Unknown
from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.source import Span

MOST = 20
"""Diagnostics of one run: who mends the first twenty sees the rest."""
ENOUGH = 200
"""So many found, the search ends: the text is hardly a program."""


class Enough(Exception):
    """More is wrong than anyone would read."""


class Report:
    """Collects diagnostics; the same one at the same place counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str, str], Diagnostic] = {}

    def add(
        self,
        code: str,
        span: Span,
        message: str,
        label: str,
        *,
        help: str | None = None,
        others: tuple[tuple[Span, str], ...] = (),
    ) -> Unknown:
        """Note a diagnostic. Gives the type of an expression in error, which fits everywhere. Errors: Enough."""
        places = tuple(Label(place, text) for place, text in others if place.source.name != "the prelude")
        found = Diagnostic(code, message, Label(span, label), places, help)
        self._found.setdefault((span.start, code, message), found)
        if len(self._found) >= ENOUGH:
            raise Enough
        return UNKNOWN

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was found wrong."""
        return not self._found

    def raise_any(self) -> None:
        """Raise what was found, in the order of the source, if anything was."""
        if self._found:
            places = sorted(self._found, key=lambda key: key[:2])
            raise LotError(*(self._found[place] for place in places[:MOST]), more=max(len(places) - MOST, 0))
