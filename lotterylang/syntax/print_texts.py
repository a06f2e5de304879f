"""Texts as they are written: `"…"` with escapes, and long ones between triple quotes.

Enters: the parts of a `tree.Text`. Leaves: a document that reads back as the same parts. Next door: `texts.py` reads
them and says the rules; what it would read otherwise is kept apart here by `${""}`, which leaves no trace.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from lotterylang.syntax import tree
from lotterylang.syntax.layout import BREAK, Break, Doc, Either, Flat, Nest, breaks, cat
from lotterylang.syntax.print_rules import Docs, Form

_ESCAPES = {"\n": r"\n", "\t": r"\t", "\\": r"\\", '"': r"\""}
_JOINERS = "\u200c\u200d"
"""Signs without a shape that belong to words and emoji, so they stay as they are."""

_ROLE = re.compile(r"(?P<blanks>[ \t]*)(?:system|user|assistant):")
_TWO_OF_THREE_QUOTES = re.compile(r'""(?=")')
_SIGNS = re.compile(r"(\$+|@+)(?=\{)")


@dataclass(frozen=True, slots=True)
class _Put:
    """A value or a hole, and the sign that it begins with."""

    sign: str
    doc: Doc


@dataclass(frozen=True, slots=True)
class _Role:
    """A role word; one blank after it is no part of the turn."""

    word: str


_APART = _Put("$", '${""}')
_Line = list[str | _Put | _Role]


def literal(text: str) -> str:
    """Write a text without values in double quotes."""
    return f'"{_escaped(text, "")}"'


def _escaped(text: str, next_sign: str) -> str:
    """Write a piece of `"…"`; `next_sign` is `$` before a value and `@` before a hole."""
    first, *further = _stable(_doubled(text, next_sign))
    written = _characters(first)
    for group in further:
        written += _code(group[0]) + _characters(group[1:])
    return written


def _characters(text: str) -> str:
    """Write characters, as codes where NFC would join them with the letter of an escape before them, as in `\\t`."""
    written = ""
    for c in text:
        piece = _character(c)
        is_joined = piece == c and not c.isascii() and not unicodedata.is_normalized("NFC", written[-1:] + c)
        written += _code(c) if is_joined else piece
    return written


def _character(c: str) -> str:
    if c in _ESCAPES:
        return _ESCAPES[c]
    stays = (c.isprintable() or c in _JOINERS) and unicodedata.is_normalized("NFC", c)
    return c if stays else _code(c)


def _code(c: str) -> str:
    return f"\\u{{{ord(c):x}}}"


def _doubled(text: str, next_sign: str) -> str:
    """Double the signs that stand in front of a `{`."""
    text = _SIGNS.sub(r"\1\1", text)
    before = text.rstrip(next_sign) if next_sign else text
    return text + text[len(before) :]


def _stable(text: str) -> list[str]:
    """Cut a text where Unicode's form NFC would join or reorder its characters; in most texts nowhere."""
    if unicodedata.is_normalized("NFC", text):
        return [text]
    groups, tail = [""], ""
    for c in text:
        if tail and not unicodedata.is_normalized("NFC", tail + c):
            groups.append("")
            tail = ""
        groups[-1] += c
        tail += c
        if not unicodedata.is_normalized("NFC", tail):  # its code is written then, and nothing joins that
            tail = ""
    return groups


def _text(node: tree.Text, docs: Docs) -> Doc:
    parts = _joined(node.parts)
    if node.long:
        return _long(parts, docs)
    signs = [*map(_sign, parts[1:]), ""]
    return cat('"', *(_part(part, sign, docs) for part, sign in zip(parts, signs, strict=False)), '"')


def _joined(parts: Sequence[tree.Node]) -> list[tree.Node]:
    """Make neighbouring pieces one, as they read back: `$` and `{x}` apart would be written as a value."""
    found: list[tree.Node] = []
    for part in parts:
        if isinstance(part, tree.Piece) and found and isinstance(before := found[-1], tree.Piece):
            found[-1] = tree.Piece(before.span, before.text + part.text)
        else:
            found.append(part)
    return found


def _part(part: tree.Node, next_sign: str, docs: Docs) -> Doc:
    return _escaped(part.text, next_sign) if isinstance(part, tree.Piece) else _put(part, docs).doc


def _sign(part: tree.Node) -> str:
    return {tree.Value: "$", tree.Hole: "@"}.get(type(part), "")


def _put(part: tree.Node, docs: Docs) -> _Put:
    """Give a value or hole on one line: a text that is long already is not made shorter by breaking it inside."""
    doc = docs(part)
    return _Put(_sign(part), doc if breaks(doc) else Flat(doc))


def _long(parts: Sequence[tree.Node], docs: Docs) -> Doc:
    """Write a text between triple quotes: beside them if it is one line that fits, else below them."""
    lines = [_protected(line) for line in _lines(parts, docs)]
    if len(lines) > 1 or any(isinstance(part, _Role) for part in lines[0]):
        return _below(lines)
    beside = cat('"""', *_written(lines[0]), '"""')
    return Either(beside, _below(lines)) if lines[0] else beside


def _below(lines: list[_Line]) -> Doc:
    lines = [[*line, _APART] if line and _is_blank(line) else line for line in lines]
    told = [number for number, line in enumerate(lines) if line]
    if told and all(_is_indented(lines[number]) for number in told):
        lines[told[0]] = [_APART, *lines[told[0]]]
    written = (cat(Break(indented=bool(line)), *_written(line)) for line in lines)
    return cat('"""', Nest(cat(*written, BREAK, '"""')))


def _lines(parts: Sequence[tree.Node], docs: Docs) -> list[_Line]:
    """Split the parts at newlines and before roles."""
    lines: list[_Line] = [[]]
    for number, part in enumerate(parts):
        if isinstance(part, tree.RoleLine):
            lines += [[]] if number else []
            lines[-1].append(_Role(part.role))
        elif isinstance(part, tree.Piece):
            first, *further = part.text.split("\n")
            lines[-1] += [first] if first else []
            lines += [[text] if text else [] for text in further]
        else:
            lines[-1].append(_put(part, docs))
    return lines


def _protected(line: _Line) -> _Line:
    """Keep apart what would be read as a role, as closing quotes, or as one character."""
    found: _Line = []
    for number, part in enumerate(line):
        if not isinstance(part, str):
            found.append(part)
            continue
        role = _ROLE.match(part) if number == 0 else None
        cuts = [found.end() for found in _TWO_OF_THREE_QUOTES.finditer(part)]
        cuts = [role.end("blanks"), *cuts] if role else cuts
        for start, end in zip([0, *cuts], [*cuts, len(part)], strict=True):
            for group in _stable(part[start:end]):
                found += [group, _APART] if group else [_APART]
        if not part.endswith("\r"):
            found.pop()
    return found


def _is_blank(line: _Line) -> bool:
    return all(isinstance(part, str) and not part.strip(" \t") for part in line)


def _is_indented(line: _Line) -> bool:
    first = line[0]
    return isinstance(first, str) and first.startswith((" ", "\t"))


def _written(line: _Line) -> list[Doc]:
    """Write a line of a long text: signs doubled where they stand before a `{`, a blank after a role."""
    written: list[Doc] = []
    for number, part in enumerate(line):
        follows = line[number + 1] if number + 1 < len(line) else None
        if isinstance(part, str):
            written.append(_doubled(part, follows.sign if isinstance(follows, _Put) else ""))
        elif isinstance(part, _Put):
            written.append(part.doc)
        else:
            written.append(f"{part.word}:{' ' if follows is not None else ''}")
    return written


def _value(node: tree.Value, docs: Docs) -> Doc:
    return cat("${", docs(node.value), "}")


def _hole(node: tree.Hole, docs: Docs) -> Doc:
    limits = [f", stop {' or '.join(map(literal, node.stops))}"] if node.stops else []
    limits += [f", max {node.max_tokens} tokens"] if node.max_tokens is not None else []
    limits += [", lines"] if node.lines else []
    return cat(f"@{{{node.name}: ", docs(node.type), *limits, "}")


FORMS: dict[type[tree.Node], Form] = {tree.Text: _text, tree.Value: _value, tree.Hole: _hole}
