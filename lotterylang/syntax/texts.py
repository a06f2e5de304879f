"""Text as it is meant: escapes resolved, long texts dedented, role lines found.

`build.py` hands over what the parser saw between the quotes; here it becomes the parts of a `tree.Text`.
"""

from __future__ import annotations

import re

from lark import Token

from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.source import Source, Span
from lotterylang.syntax.tree import Hole, Piece, RoleLine, Value

Part = Piece | Value | Hole | RoleLine

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", '"': '"'}
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|.)|\$(?=\$\{)|@(?=@\{)", re.DOTALL)
_SIGN = re.compile(r"\$(?=\$\{)|@(?=@\{)")


def line_piece(token: Token, source: Source) -> Piece:
    """Resolve the escapes of a piece of `"…"`. Errors: LOT-E0104 for an unknown escape."""
    span = Span(source, token.start_pos or 0, token.end_pos or 0)

    def resolve(found: re.Match[str]) -> str:
        escape = found.group(1)
        if escape is None:
            return ""
        if escape in _ESCAPES:
            return _ESCAPES[escape]
        if escape.startswith("u{") and int(escape[2:-1], 16) <= 0x10FFFF:
            return chr(int(escape[2:-1], 16))
        at = Span(source, span.start + found.start(), span.start + found.end())
        known = r"write `\\`, `\n`, `\t`, `\"` or `\u{41}`"
        raise LotError(Diagnostic("LOT-E0104", f"`{found.group()}` is not an escape", Label(at, "here"), help=known))

    return Piece(span, _ESCAPE.sub(resolve, str(token)))


def long_parts(parts: list[Token | Value | Hole], span: Span) -> tuple[Part, ...]:
    """Dedent a text between triple quotes and split it at its role lines.

    The newline after the opening quotes and the one before the closing ones are dropped, and so is the newline before
    a role line and one space after its colon. The common indentation is that of the source's own lines.
    """
    skeleton, marks = _skeleton(parts, span.source)
    skeleton = _dedent(_without_outer_newlines(skeleton))
    found: list[Part] = []
    for piece in re.split(r"(\x00)", skeleton):
        if piece == "\x00":
            mark = marks.pop(0)
            _drop_seam(found, mark)
            found.append(mark)
        elif piece:
            after_role = bool(found) and isinstance(found[-1], RoleLine)
            text = piece[1:] if after_role and piece.startswith(" ") else piece
            if text:
                found.append(Piece(span, _SIGN.sub("", text)))
    return tuple(found)


def _skeleton(parts: list[Token | Value | Hole], source: Source) -> tuple[str, list[Value | Hole | RoleLine]]:
    """Write the text with a NUL for each value, hole and role word (a source holds no NUL of its own)."""
    text, marks = "", list[Value | Hole | RoleLine]()
    for part in parts:
        if not isinstance(part, Token):
            text += "\x00"
            marks.append(part)
        elif part.type == "ROLE":
            word = part.strip().removesuffix(":")
            text += part[: len(part) - len(part.lstrip())] + "\x00"
            at = Span(source, (part.end_pos or 0) - len(word) - 1, part.end_pos or 0)
            marks.append(RoleLine(at, word))  # type: ignore[arg-type]
        else:
            text += part.replace("\r\n", "\n")
    return text, marks


def _without_outer_newlines(text: str) -> str:
    text = re.sub(r"\A[ \t]*\n", "", text)
    return re.sub(r"\n[ \t]*\Z", "", text)


def _dedent(text: str) -> str:
    lines = text.split("\n")
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip(" \t")]
    common = min(indents, default=0)
    return "\n".join(line[common:] if line.strip(" \t") else "" for line in lines)


def _drop_seam(found: list[Part], mark: Part) -> None:
    """Remove the newline that stands before a role line: it ends the turn before, it is no part of it."""
    last = found[-1] if found else None
    if isinstance(mark, RoleLine) and isinstance(last, Piece):
        found.pop()
        text = last.text.removesuffix("\n")
        if text:
            found.append(Piece(last.span, text))
