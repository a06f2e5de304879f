"""Why the parser refused a program, in a person's words: one diagnostic, never a list of all that follows from it.

Enters: the place where it stopped, and the terminals that could have stood there. Leaves: a `LotError`. Next door:
`expected.py` names what was found and wanted, `unclosed.py` what is open, `hints.py` what to type instead.
"""

from __future__ import annotations

from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.expected import expected, shown, word_at, words_before
from lotterylang.syntax.hints import hint
from lotterylang.syntax.source import Source, Span
from lotterylang.syntax.unclosed import CLOSERS, open_at

_ENDS = {")": "RPAR", "]": "RSQB", "}": "RBRACE"}
_BEGINS = {
    *(
        "let",
        "fn",
        "type",
        "enum",
        "model",
        "index",
        "memory",
        "tool",
        "logic",
        "solver",
        "example",
        "property",
        "import",
    ),
    *("READ", "WRITE", "COPY", "MOV", "JUMP", "ensure", "fail", "return", "expect", "given"),
}


def refused(source: Source, at: int, accepted: set[str]) -> LotError:
    """Make the error for what was found at a place."""
    span = word_at(source, at)
    opened = open_at(source, span.start)
    never_closed = _never_closed(span, opened, accepted)
    if never_closed is not None:
        return LotError(never_closed)
    if span.text in _ENDS and _closes_nothing(span, opened):
        opener = next(o for o, closer in CLOSERS.items() if closer == span.text)
        label = Label(span, f"no `{opener}` is open here")
        return LotError(Diagnostic("LOT-E0101", f"`{span.text}` closes nothing", label, help="remove it"))
    if span.text == "{" and opened and _ENDS.get(CLOSERS[opened[-1].text]) in accepted and not _is_record(span):
        return LotError(_block_too_early(span, opened[-1], accepted))
    seen = hint(span, accepted, opened)
    if seen.word is not None:
        label = Label(seen.word, f"read as a name, which {shown(span)} can't follow")
        return LotError(
            Diagnostic("LOT-E0101", f"`{seen.word.text}` is no word of this language", label, help=seen.help)
        )
    split = at - span.start
    cut = f"read as `{span.text[:split]}` and then `{span.text[split:]}`"
    label = Label(span, cut if 0 < split < len(span.text) else expected(accepted))
    return LotError(Diagnostic("LOT-E0101", f"{shown(span)} can't stand here", label, help=seen.help))


def _never_closed(span: Span, opened: list[Span], accepted: set[str]) -> Diagnostic | None:
    """Tell what is never closed: at the end of the text or of a line of text, or where another thing ends or begins."""
    if span.text == "{" and "LOGIC_BODY" in accepted:
        label = Label(span, "clingo's text goes on to the matching `}`")
        help = "close braces, three deep at most, and quotes"
        return Diagnostic("LOT-E0102", "`{` is never closed", label, help=help)
    if not opened:
        return None
    inner = opened[-1]
    closer = CLOSERS[inner.text]
    message = f"`{inner.text}` is never closed"
    if inner.text == '"':
        help = 'close it on its line; a text of several lines stands between `"""`'
        return Diagnostic("LOT-E0102", message, Label(inner, "opened here"), help=help) if not span.text else None
    others = () if not span.text else (Label(span, f"expected `{closer}` before this"),)
    found = Diagnostic("LOT-E0102", message, Label(inner, "opened here"), others, help=f"close it by `{closer}`")
    if inner.text == '"""' or not span.source.text[span.start :].strip():
        return found
    elsewhere = span.text != closer and any(CLOSERS[outer.text] == span.text for outer in opened[:-1])
    later = inner.text in ("${", "@{") and "\n" in span.source.text[inner.start : span.start]
    can_close = _ENDS[closer] in accepted
    return found if can_close and (elsewhere or later or _begins_something(span)) else None


def _closes_nothing(span: Span, opened: list[Span]) -> bool:
    """Say whether a closing bracket is one too many, and not a slip for the one that was wanted."""
    return all(CLOSERS[o.text] != span.text for o in opened) and (not opened or opened[-1].text == "{")


def _block_too_early(span: Span, inner: Span, accepted: set[str]) -> Diagnostic:
    label, others = Label(span, expected(accepted)), (Label(inner, "opened here"),)
    help = f"close `{inner.text}` by `{CLOSERS[inner.text]}` before it"
    return Diagnostic("LOT-E0101", "`{` can't stand here", label, others, help)


def _is_record(span: Span) -> bool:
    """Say whether a type's name stands before: then a record was meant, not a block."""
    before = words_before(span)
    return bool(before) and before[-1].text[0].isupper()


def _begins_something(span: Span) -> bool:
    """Say whether a statement or declaration begins here, at the start of a line."""
    line = span.source.text.rfind("\n", 0, span.start) + 1
    return span.text in _BEGINS and not span.source.text[line : span.start].strip()
