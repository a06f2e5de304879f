"""Which brackets and quotes are open at a place of a source, found without the parser.

Enters: a source and an offset. Leaves: the spans of what is open there, the outermost first. Next door: `refusal.py`.
"""

from __future__ import annotations

import re

from lotterylang.syntax.source import Source, Span

CLOSERS = {"(": ")", "[": "]", "{": "}", "${": "}", "@{": "}", '"': '"', '"""': '"""'}

_SIGNS = r"(?:\$\$)++(?:\{|(?=\$\{))|(?:@@)++(?:\{|(?=@\{))|\$++(?!\{)|@++(?!\{)|[$@]\{"
_CODE = re.compile(r'#[^\n]*|"""|(?<![^\n])logic\b[^\n{]*\{|\w+|[^\w#"(){}\[\]]+|.', re.DOTALL)
_TEXT = re.compile(rf'\\.|{_SIGNS}|"|\n|[^"\\$@\n]+|.', re.DOTALL)
_LONG = re.compile(rf'{_SIGNS}|"""(?!")|[^"$@]+|.', re.DOTALL)
_LOGIC = re.compile(r'"(?:\\.|[^"\\\n])*"|%\*(?:[\s\S]*?\*%|[\s\S]*)|%[^\n]*|[^"%{}]+|.', re.DOTALL)


def open_at(source: Source, end: int) -> list[Span]:
    """Give what is open before an offset. A `"` that its line does not close is open to the end of the line only."""
    opened: list[tuple[Span, re.Pattern[str]]] = []
    place = 0
    while place < end:
        pattern = opened[-1][1] if opened else _CODE
        found = pattern.match(source.text, place, end)
        place = found.end() if found else place + 1
        _step(Span(source, found.start() if found else place, place), opened)
    return [span for span, _ in opened]


def _step(span: Span, opened: list[tuple[Span, re.Pattern[str]]]) -> None:
    """Open or close what a piece of text opens or closes."""
    piece = span.text
    inside, pattern = (opened[-1][0].text, opened[-1][1]) if opened else ("", _CODE)
    if (piece == "\n" and inside == '"') or (opened and piece == CLOSERS.get(inside)):
        opened.pop()
    elif pattern is _LOGIC:
        if piece == "{":
            opened.append((span, _LOGIC))
    elif pattern is _CODE and piece.startswith("logic") and piece.endswith("{"):
        opened.append((Span(span.source, span.end - 1, span.end), _LOGIC))
    elif piece in CLOSERS and (pattern is _CODE or piece in ("${", "@{")):
        opened.append((span, {'"': _TEXT, '"""': _LONG}.get(piece, _CODE)))
