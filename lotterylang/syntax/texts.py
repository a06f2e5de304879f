r"""Text as it is meant: escapes resolved, long texts dedented, role lines found.

Enters: what the parser saw between the quotes. Leaves: the parts of a `tree.Text`. Next door: `build_blocks.py` calls
it, `print_texts.py` writes texts back.

Three rules hold in both kinds of text. In front of a `{`, a doubled sign is one plain sign: `$${` is `${`, and `$$${x}`
is a dollar and a value. Neighbouring pieces are one piece. `${""}` puts nothing in and leaves no trace: it keeps apart
what would be read together, as three quotes in a long text, and saves blanks that would be dedented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lark import Token

from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.source import Source, Span
from lotterylang.syntax.tree import Hole, Piece, RoleLine, Text, Value

Part = Piece | Value | Hole | RoleLine

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}
_IN_LINE = re.compile(r"\\(?P<escape>u\{[0-9a-fA-F]{1,6}\}|.)|(?:\$+|@+)(?=\{|\Z)")
_IN_LONG = re.compile(r"(?:\$+|@+)(?=\{|\Z)")


@dataclass(frozen=True, slots=True)
class _Literal:
    """A text as it is meant, and its place in the source."""

    text: str
    start: int
    end: int


_Mark = Value | Hole | RoleLine
_Line = list[_Literal | Value | Hole | RoleLine]


def literal(token: Token, source: Source) -> str:
    """Give the text that a piece of `"…"` stands for. Errors: LOT-E0104 for an unknown escape."""
    return _resolved(_IN_LINE, str(token), token.start_pos or 0, source).text


def line_parts(parts: list[Token | Value | Hole], source: Source) -> tuple[Part, ...]:
    """Resolve the escapes of `"…"`. Errors: LOT-E0104 for an unknown escape."""
    joined = _Joined(source)
    for part in parts:
        if isinstance(part, Token):
            joined.literal(_resolved(_IN_LINE, str(part), part.start_pos or 0, source))
        else:
            joined.mark(part)
    return tuple(joined.parts)


def long_parts(parts: list[Token | Value | Hole], source: Source) -> tuple[Part, ...]:
    """Dedent a text between triple quotes and split it at its role lines.

    The newline after the opening quotes and the one before the closing ones are dropped, and so is the newline before
    a role line and one space after its colon. The common indentation is that of the lines below the opening quotes;
    what stands beside those quotes is kept as it is. Below them, a line of blanks is an empty line.
    """
    lines = list(_lines(parts, source))
    beside = [] if len(lines) > 1 and _is_blank(lines[0]) else lines[:1]
    below = lines[1:]
    if below and _is_blank(below[-1]) and len(beside) + len(below) > 1:
        below.pop()
    common = min((_indentation(line) for line in below if not _is_blank(line)), default=0)
    joined = _Joined(source)
    for number, line in enumerate(beside + [_dedented(line, common) for line in below]):
        joined.line(line, first=number == 0)
    return tuple(joined.parts)


class _Joined:
    """The parts of a text so far; neighbouring pieces become one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.parts: list[Part] = []

    def literal(self, added: _Literal) -> None:
        if not added.text:
            return
        start, text = added.start, added.text
        if self.parts and isinstance(self.parts[-1], Piece):
            before = self.parts.pop()
            start, text = before.span.start, cast("Piece", before).text + text
        self.parts.append(Piece(Span(self.source, start, added.end), text))

    def mark(self, mark: _Mark) -> None:
        if not (isinstance(mark, Value) and mark.value == Text(mark.span, ())):
            self.parts.append(mark)

    def line(self, line: _Line, *, first: bool) -> None:
        role = next((i for i, mark in enumerate(line) if isinstance(mark, RoleLine)), None)
        if not first and role is None:
            at = cast("_Literal", line[0]).start
            self.literal(_Literal("\n", at - 1, at))
        for i, mark in enumerate(line):
            if not isinstance(mark, _Literal):
                self.mark(mark)
            elif role is None or i > role + 1:
                self.literal(mark)
            elif i == role + 1:
                dropped = mark.text.startswith(" ")
                self.literal(_Literal(mark.text[dropped:], mark.start + dropped, mark.end))


def _lines(parts: list[Token | Value | Hole], source: Source) -> Iterator[_Line]:
    """Split a long text into its lines; all but the first begin with a literal, which may be empty."""
    line: _Line = []
    for part in parts:
        if not isinstance(part, Token):
            line.append(part)
            continue
        start, text = part.start_pos or 0, str(part)
        word = text.strip().removesuffix(":") if part.type == "ROLE" else ""
        for number, written in enumerate(text.removesuffix(f"{word}:" if word else "").split("\n")):
            if number:
                yield line
                line = []
            line.append(_resolved(_IN_LONG, written, start, source))
            start += len(written) + 1
        if word:
            at = Span(source, start - 1, part.end_pos or start)
            line.append(RoleLine(at, word))  # type: ignore[arg-type]
    yield line


def _is_blank(line: _Line) -> bool:
    return all(isinstance(part, _Literal) and not part.text.strip(" \t") for part in line)


def _indentation(line: _Line) -> int:
    first = line[0]
    return len(first.text) - len(first.text.lstrip(" \t")) if isinstance(first, _Literal) else 0


def _dedented(line: _Line, common: int) -> _Line:
    first = cast("_Literal", line[0])
    cut = len(first.text) if _is_blank(line) else common
    return [_Literal(first.text[cut:], first.start + cut, first.end), *line[1:]]


def _resolved(pattern: re.Pattern[str], text: str, start: int, source: Source) -> _Literal:
    """Resolve escapes and doubled signs in a text that begins at `start`."""
    end = start + len(text)

    def resolve(found: re.Match[str]) -> str:
        run = found.group()
        if run.startswith("\\"):
            return _character(found.group("escape"), Span(source, start + found.start(), start + found.end()))
        opens = found.end() < len(text) or source.text.startswith(run[0] + "{", end)
        return run[: len(run) // 2] if opens else run

    return _Literal(pattern.sub(resolve, text), start, end)


def _character(escape: str, span: Span) -> str:
    if escape in _ESCAPES:
        return _ESCAPES[escape]
    code = int(escape[2:-1], 16) if escape.startswith("u{") else 0
    if 0 < code < 0xD800 or 0xDFFF < code <= 0x10FFFF:
        return chr(code)
    known = r"write `\\`, `\n`, `\t`, `\"` or `\u{41}`"
    known = f"write `{escape * 2}{{` for a plain `{escape}{{`" if escape in ("$", "@") else known
    raise LotError(Diagnostic("LOT-E0104", f"`{span.text}` is not an escape", Label(span, "here"), help=known))
