"""What all parts of the printer share: the documents of a node's parts, brackets around operands, lists in brackets.

Enters: nodes. Leaves: documents for `layout.py`. Next door: `printer.py` fills `Docs`, parts before the whole, so that
a form only looks up what is made already and nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lotterylang.syntax import tree
from lotterylang.syntax.layout import LINE, SOFT, Doc, Either, Flat, Group, Nest, OnlyFlat, breaks, cat, join

WHOLE, SIMPLE, OR, AND, NOT, COMPARISON, RANGE, SUM, PRODUCT, SIGN, POSTFIX, PRIMARY = range(12)
"""How tightly an expression binds, in the order of the grammar's rules."""

_RANKS: dict[type, int] = {
    **dict.fromkeys((tree.If, tree.Match, tree.For, tree.Fold, tree.Retry, tree.Within, tree.Try, tree.TryIn), WHOLE),
    **dict.fromkeys((tree.Ask, tree.Choose, tree.Score, tree.Find, tree.CallTool, tree.Deduce, tree.Divide), SIMPLE),
    tree.Endorse: SIMPLE,
    tree.Or: OR,
    tree.And: AND,
    tree.Not: NOT,
    tree.Comparison: COMPARISON,
    tree.Range: RANGE,
    tree.Negative: SIGN,
    tree.Call: POSTFIX,
    tree.Item: POSTFIX,
    tree.Attribute: POSTFIX,
}


def rank(node: tree.Node) -> int:
    """Say how tightly an expression binds."""
    if isinstance(node, tree.Arithmetic):
        return SUM if node.rest[0][0] in ("+", "-") else PRODUCT
    if isinstance(node, tree.Number) and node.value < 0:
        return SIGN
    return _RANKS.get(type(node), PRIMARY)


class Docs:
    """The documents of the nodes that are made already."""

    def __init__(self) -> None:
        self._made: dict[int, Doc] = {}

    def __call__(self, node: tree.Node) -> Doc:
        """Give a node's document."""
        return self._made[id(node)]

    def put(self, node: tree.Node, doc: Doc) -> None:
        """Keep a node's document."""
        self._made[id(node)] = doc

    def at(self, least: int, node: tree.Node) -> Doc:
        """Give an operand's document: in brackets where it binds less tightly than its place asks for."""
        doc = self(node)
        return doc if rank(node) >= least else bracketed(doc)

    def all(self, nodes: Iterable[tree.Node]) -> list[Doc]:
        """Give the documents of several nodes."""
        return [self(node) for node in nodes]


Form = Callable[[Any, Docs], Doc]
"""Makes a node's document from those of its parts."""


def bracketed(doc: Doc) -> Doc:
    """Set a document in round brackets."""
    return Group(cat("(", Nest(cat(SOFT, doc)), SOFT, ")"))


def listed(opening: str, items: Sequence[Doc], closing: str) -> Doc:
    """Set items on one line, or each on its own; a last item of several lines may begin beside the others."""
    if not items:
        return opening + closing
    spread = Group(cat(opening, Nest(cat(SOFT, join(cat(",", LINE), items))), SOFT, closing))
    if not breaks(items[-1]) or any(map(breaks, items[:-1])):
        return spread
    beside = [cat(Flat(item), ", ") for item in items[:-1]]
    return Either(cat(opening, *beside, items[-1], closing), spread)


def braced(items: Sequence[Doc]) -> Doc:
    """Set items in braces: on one line with commas, or each on its own without."""
    return Group(cat("{", Nest(cat(LINE, join(cat(OnlyFlat(","), LINE), items))), LINE, "}"))


def series(items: Sequence[Doc], sign: str = ",") -> Doc:
    """Set items on one line, or each on its own below the first."""
    return Group(cat(items[0], Nest(cat(*(cat(sign, LINE, item) for item in items[1:])))))


def optional(before: str, doc: Doc | None) -> Doc:
    """Set a document after a word, or nothing."""
    return "" if doc is None else cat(before, doc)
