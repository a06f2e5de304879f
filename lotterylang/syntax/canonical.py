"""`lot fmt`: a program in its canonical text, with every comment where it was.

The tree has no comments, so they are found in the tokens and kept by place: a declaration without comments inside is
printed anew; one with comments inside stays as it was written, its line ends aside; comments between declarations
stay above what they stood above. What is given back is read again and compared: the same program, the same comments.

Enters: a source. Leaves: text. Next door: `printer.py` prints, `parser.py` reads, `comments.py` finds the comments.
"""

from __future__ import annotations

from dataclasses import dataclass

from lotterylang.syntax import tree
from lotterylang.syntax.comments import Comment, comments_of
from lotterylang.syntax.parser import parse, source_of
from lotterylang.syntax.printer import print_module, stand_together
from lotterylang.syntax.source import Source


@dataclass(frozen=True, slots=True)
class _Part:
    """A declaration: the comment lines above it, its text, and the comment behind it on its last line.

    `is_apart` tells whether an empty line stood between the comments and the declaration.
    """

    node: tree.Node
    above: tuple[str, ...]
    text: str
    behind: str


def formatted(source: Source) -> str:
    """Give the canonical text of a program. Errors: those of reading it, and ValueError if a comment would be lost."""
    module = parse(source)
    comments = comments_of(source)
    found = _joined(*_parts(source, module, comments)) if comments else print_module(module)
    again = source_of(source.name, found)
    if parse(again) != module or [c.text for c in comments_of(again)] != [c.text for c in comments]:
        raise ValueError("the canonical text is another program")
    return found


def _parts(source: Source, module: tree.Module, comments: list[Comment]) -> tuple[list[_Part], tuple[str, ...]]:
    """Divide a file into its declarations, each with its comments; and the lines after the last one."""
    parts: list[_Part] = []
    at, ended = 0, 0
    for node in module.declarations:
        start, end = node.span.start, node.span.end
        above: list[Comment] = []
        while at < len(comments) and comments[at].start < start:
            above.append(comments[at])
            at += 1
        inside = at
        while at < len(comments) and comments[at].start < end:
            at += 1
        behind = ""
        text = _printed(module, node) if inside == at else _as_written(source, start, end)
        if at < len(comments) and "\n" not in source.text[end : comments[at].start]:
            behind = comments[at].text
            at += 1
        parts.append(_Part(node, _lines(source, above, ended, start), text, behind))
        ended = end if not behind else comments[at - 1].start
    return parts, _lines(source, comments[at:], ended, len(source.text))


def _printed(module: tree.Module, node: tree.Node) -> str:
    return print_module(tree.Module(module.source, (node,))).rstrip("\n")  # type: ignore[arg-type]


def _as_written(source: Source, start: int, end: int) -> str:
    return source.text[start:end].rstrip()


def _lines(source: Source, comments: list[Comment], start: int, end: int) -> tuple[str, ...]:
    """List comment lines; an empty one stands where one or more stood between two, or before what follows."""
    found: list[str] = []
    for number, comment in enumerate(comments):
        if number and source.text[comments[number - 1].end : comment.start].count("\n") > 1:
            found.append("")
        found.append(comment.text)
    if comments and source.text[comments[-1].end : end].count("\n") > 1 and end < len(source.text):
        found.append("")
    return tuple(found)


def _joined(parts: list[_Part], below: tuple[str, ...]) -> str:
    found: list[str] = []
    before: _Part | None = None
    for part in parts:
        text = f"{part.text}  {part.behind}" if part.behind else part.text
        if before is not None and (part.above or not stand_together(before.node, before.text, part.node, part.text)):
            found.append("")
        found += [*part.above, text]
        before = part
    if below:
        found += ["", *below] if found else below
    return "\n".join(found) + "\n" if found else ""
