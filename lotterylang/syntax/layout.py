"""Where lines break: a small algebra of documents and the one way to set them within a width.

Enters: a document, that is text and the places where a line may break. Leaves: a string. It is Wadler's pretty printer
in Lindig's strict form, with its own stack, so a document may be nested as deep as memory allows. Next door:
`printer.py` makes the documents.

Source: P. Wadler, "A prettier printer" (2003); C. Lindig, "Strictly Pretty" (2000).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WIDTH = 100
"""Columns that a line may have where it can be broken."""

INDENT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A place where a line may break; `flat` is what stands there if it does not."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line, whatever the width; without `indented` the next line begins in column 1."""

    indented: bool = True


@dataclass(frozen=True, slots=True)
class OnlyFlat:
    """A text that stands only if the group around it is on one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Several:
    """Documents one after another. `breaks`: a line ends in it, whatever the width."""

    docs: tuple[Doc, ...]
    breaks: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "breaks", any(breaks(d) for d in self.docs))


@dataclass(frozen=True, slots=True)
class Nest:
    """A document whose further lines are indented by one more step."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """A document that is set on one line if it fits, else broken at each of its own lines."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Flat:
    """A document that is never broken."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Either:
    """The first document if its first line fits, else the second."""

    first: Doc
    second: Doc


Doc = str | Line | Break | OnlyFlat | Several | Nest | Group | Flat | Either

LINE, SOFT, BREAK = Line(), Line(""), Break()


def cat(*docs: Doc) -> Doc:
    """Set documents one after another."""
    return Several(docs)


def join(between: Doc, docs: Iterable[Doc]) -> Doc:
    """Set documents one after another, with one between each two."""
    found: list[Doc] = []
    for doc in docs:
        found += [between, doc] if found else [doc]
    return Several(tuple(found))


def breaks(doc: Doc) -> bool:
    """Say whether a line ends in a document, whatever the width."""
    while isinstance(doc, (Nest, Group, Either)):
        doc = doc.first if isinstance(doc, Either) else doc.doc
    return isinstance(doc, Break) or (isinstance(doc, Several) and doc.breaks)


def first_text(doc: Doc) -> str:
    """Give the text that a document begins with."""
    waiting: list[Doc] = [doc]
    while waiting:
        doc = waiting.pop()
        if isinstance(doc, str):
            return doc
        waiting += [d for _, _, d in _inner(0, False, doc)]
    return ""


_Item = tuple[int, bool, Doc]
"""Indentation, whether lines break here, document."""


def layout(doc: Doc, width: int = WIDTH) -> str:
    """Set a document. Cost: linear in its size, times the width at worst."""
    out: list[str] = []
    column = 0
    waiting: list[_Item] = [(0, True, doc)]
    while waiting:
        indent, broken, doc = waiting.pop()
        text = _text(doc, broken)
        if text is not None:
            out.append(text)
            column += len(text)
        elif isinstance(doc, (Line, Break)):
            column = indent if isinstance(doc, Line) or doc.indented else 0
            out.append("\n" + " " * column)
        elif isinstance(doc, Group):
            whole = (indent, False, doc.doc)
            fits = not breaks(doc) and (not broken or _fits(whole, waiting, width - column))
            waiting.append(whole if fits else (indent, True, doc.doc))
        elif isinstance(doc, Either) and broken:
            first = (indent, True, doc.first)
            waiting.append(first if _fits(first, waiting, width - column) else (indent, True, doc.second))
        else:
            waiting += _inner(indent, broken, doc)
    return "".join(out)


def _text(doc: Doc, broken: bool) -> str | None:
    """Give what is set as it stands; None for what must be taken apart first, or ends a line."""
    if isinstance(doc, str):
        return doc
    if isinstance(doc, Line) and not broken:
        return doc.flat
    if isinstance(doc, OnlyFlat):
        return "" if broken else doc.text
    return None


def _inner(indent: int, broken: bool, doc: Doc) -> Sequence[_Item]:
    """Take a document apart, the last part first."""
    if isinstance(doc, Several):
        return [(indent, broken, d) for d in reversed(doc.docs)]
    if isinstance(doc, Nest):
        return [(indent + INDENT, broken, doc.doc)]
    if isinstance(doc, Either):
        return [(indent, broken, doc.first)]
    if isinstance(doc, (Group, Flat)):
        return [(indent, broken and isinstance(doc, Group), doc.doc)]
    return []


def _fits(first: _Item, rest: list[_Item], room: int) -> bool:
    """Say whether all up to the next end of a line has room; `rest` is what follows, the next at its end."""
    waiting = [first]
    below = len(rest)
    while room >= 0:
        if not waiting:
            if below == 0:
                return True
            below -= 1
            waiting.append(rest[below])
        indent, broken, doc = waiting.pop()
        text = _text(doc, broken)
        if text is not None:
            room -= len(text)
        elif isinstance(doc, (Line, Break)):
            return True
        else:
            waiting += _inner(indent, broken, doc)
    return False
