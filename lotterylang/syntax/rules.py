"""What all parts of the builder share: spans, children by kind, dispatch from a rule to the method of its name."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from lark import Token, Tree

from lotterylang.syntax.source import Source, Span
from lotterylang.syntax.texts import line_piece
from lotterylang.syntax.tree import Binder

_METHODS = {"import": "import_", "lambda": "lambda_", "not": "not_", "if": "if_", "for": "for_", "try": "try_"}
_METHODS |= {"return": "return_", "match": "match_"}


def data_of(t: Tree[Token]) -> str:
    """Give the name of the rule that made a parse tree."""
    return str(t.data)


class Children:
    """The children of a parse tree, taken out by kind; what is not taken stays in `rest`, in order."""

    def __init__(self, t: Tree[Token]) -> None:
        self.rest: list[Any] = list(t.children)

    def token(self, kind: str) -> str | None:
        """Take the first token of a kind."""
        for i, child in enumerate(self.rest):
            if isinstance(child, Token) and child.type == kind:
                return str(self.rest.pop(i))
        return None

    def tree(self, *rules: str) -> Any:
        """Take the first tree of one of the rules, or None."""
        for i, child in enumerate(self.rest):
            if isinstance(child, Tree) and child.data in rules:
                return self.rest.pop(i)
        return None


class Rules:
    """Builds nodes for one source."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def build(self, t: Any) -> Any:
        """Build the node of a parse tree by the method that has the name of its rule."""
        rule = data_of(t)
        return getattr(self, _METHODS.get(rule, rule))(t)

    def all(self, trees: Iterable[Any]) -> tuple[Any, ...]:
        """Build several nodes."""
        return tuple(self.build(t) for t in trees)

    def span(self, t: Any) -> Span:
        """Give the span of a parse tree or token."""
        at = t if isinstance(t, Token) else t.meta
        return Span(self.source, getattr(at, "start_pos", 0) or 0, getattr(at, "end_pos", 0) or 0)

    def number_of(self, token: Any) -> int | Fraction:
        """Give the exact value of a numeral."""
        digits = str(token).replace("_", "")
        return Fraction(digits) if "." in digits else int(digits)

    def literal(self, t: Any) -> str:
        """Give the text of a literal, escapes resolved."""
        return line_piece(t.children[0], self.source).text if t.children else ""

    def dotted(self, t: Any) -> str | None:
        """Give a path as text with points."""
        return None if t is None else ".".join(map(str, t.children))

    def names_of(self, t: Any) -> Binder:
        """Give the names of a tree of names; none for no tree."""
        return () if t is None else tuple(map(str, t.children))

    def binder(self, t: Any) -> Binder:
        """Give the name, or the names in brackets, that a value is bound to."""
        return (str(t),) if isinstance(t, Token) else self.names_of(t)

    def word(self, t: Any) -> str:
        """Give the one word of a rule that is a choice of words."""
        return str(t.children[0])

    def args_of(self, t: Any) -> tuple[Any, ...] | None:
        """Build the arguments in brackets; None for no brackets."""
        return None if t is None else self.all(t.children)
