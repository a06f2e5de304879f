"""Diagnostics: what an error is, and how a person and a program read it.

Every error that leaves the library is a `LotError` that carries one or more diagnostics: a code, a message that states
the fact, a span with a label, further places, and one line of help. Next door: `source.py` knows where a span lies.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from lotterylang.syntax.source import Span


@dataclass(frozen=True, slots=True)
class Label:
    """A place in the source and what is to be said of it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `code` is `LOT-E` and four digits; `label` is None where no source is at fault."""

    code: str
    message: str
    label: Label | None = None
    others: tuple[Label, ...] = ()
    help: str | None = None


class LotError(Exception):
    """The only exception that leaves the library: what was found wrong, in the order of the source.

    `more` counts what was found too and is left out.
    """

    def __init__(self, *diagnostics: Diagnostic, more: int = 0) -> None:
        super().__init__("\n\n".join([*(as_text(d) for d in diagnostics), *left_out(more)]))
        self.diagnostics = diagnostics
        self.more = more


def left_out(more: int) -> list[str]:
    """Say in a line, if there is anything to say, how many errors are left out."""
    return [f"… {more:,} more error{'s' if more > 1 else ''}"] if more else []


def error(code: str, message: str, *, help: str) -> LotError:
    """Make an error that no source is to blame for: a missing file, a full disk, an unknown model."""
    return LotError(Diagnostic(code, message, help=help))


def as_text(diagnostic: Diagnostic) -> str:
    """Write a diagnostic for a terminal: message, excerpt with carets, help."""
    lines = [f"error[{diagnostic.code}]: {diagnostic.message}"]
    if diagnostic.label is not None:
        lines += _excerpt(diagnostic.label, diagnostic.others)
    if diagnostic.help is not None:
        lines.append(f"help: {diagnostic.help}")
    return "\n".join(lines)


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Give a diagnostic as JSON data; lines and columns count from 1, columns in code points."""
    labels = [label for label in (diagnostic.label, *diagnostic.others) if label is not None]
    return {
        "code": diagnostic.code,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "labels": [{**label.span.as_json(), "text": label.text} for label in labels],
    }


WIDEST_LINE = 160
"""Longer source lines are cut around the caret, so that one diagnostic never floods the screen."""


def _excerpt(first: Label, others: tuple[Label, ...]) -> list[str]:
    source = first.span.source
    line, column = source.position(first.span.start)
    shown = sorted(
        [(first, "^"), *((o, "-") for o in others if o.span.source is source)], key=lambda p: p[0].span.start
    )
    width = len(str(max(source.position(label.span.start)[0] for label, _ in shown)))
    lines = [f"{' ' * width}--> {source.name}:{line}:{column}", f"{' ' * width} |"]
    above = None
    for label, mark in shown:
        quoted, underlined = _underlined(label, mark, width)
        lines += [underlined] if quoted == above else [quoted, underlined]
        above = quoted
    lines.append(f"{' ' * width} |")
    for other in others:
        if other.span.source is not source:
            at = other.span.source.position(other.span.start)
            lines.append(f"{' ' * width} = {other.span.source.name}:{at[0]}:{at[1]}: {other.text}")
    return lines


def _underlined(label: Label, mark: str, width: int) -> tuple[str, str]:
    line, column = label.span.source.position(label.span.start)
    text = label.span.source.line(line)
    length = max(1, min(label.span.end - label.span.start, len(text) - column + 1))
    left = max(0, column - 1 - WIDEST_LINE // 2) if len(text) > WIDEST_LINE else 0
    start = column - 1 - left
    text = text[left : left + WIDEST_LINE].replace("\t", " ")
    carets = " " * _columns(text[:start]) + mark * max(1, _columns(text[start : start + length]))
    text = "".join(c if c.isprintable() else "�" for c in text)
    return f"{line:>{width}} | {text}".rstrip(), f"{' ' * width} | {carets} {label.text}".rstrip()


def _columns(text: str) -> int:
    """Count the columns that a text takes on a terminal: letters of East Asia take two, combining signs none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
