"""What all parts of the builder share: spans, children by kind, dispatch from a rule to the method of its name.

Enters: Lark's parse tree. Leaves: nodes, parts before the whole, so that no walk here recurses and no tree that leaves
this room is nested deeper than `LEVELS`. Next door: `build.py`, `build_blocks.py`, `build_tests.py` have the methods.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from lark import Token, Tree

from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.source import Source, Span
from lotterylang.syntax.texts import literal
from lotterylang.syntax.tree import Binder, Node

LEVELS = 320
"""Nodes within nodes, at most: a walk that takes three calls a level ends before Python's stack of 1,000 does."""

LONGEST_NUMERAL = 4_000
"""Digits of a number, at most: Python itself refuses to write longer ones."""

_METHODS = {"import": "import_", "lambda": "lambda_", "not": "not_", "if": "if_", "for": "for_", "try": "try_"}
_METHODS |= {"return": "return_", "match": "match_"}
_OFTEN_BRACKETS = {"group", "type", "pattern"}


def data_of(t: Tree[Token]) -> str:
    """Give the name of the rule that made a parse tree."""
    return str(t.data)


def _parts_first(root: Tree[Token]) -> Iterator[Tree[Token]]:
    """Give all subtrees in the order of the source, parts before the whole."""
    waiting = [(root, False)]
    while waiting:
        t, entered = waiting.pop()
        if entered:
            yield t
        else:
            waiting.append((t, True))
            waiting += [(child, False) for child in reversed(t.children) if isinstance(child, Tree)]


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
        self._built: dict[int, Any] = {}

    def build_all(self, root: Tree[Token]) -> Any:
        """Build the node of a whole parse tree. Errors: LOT-E0103 where it is nested too deep."""
        levels: dict[int, int] = {}
        for t in _parts_first(root):
            level = max((levels.get(id(child), 0) for child in t.children), default=0)
            rule = data_of(t)
            method = getattr(self, _METHODS.get(rule, rule), None)
            if method is not None:
                node = self._built[id(t)] = method(t)
                level += isinstance(node, Node) and rule not in _OFTEN_BRACKETS
            levels[id(t)] = level + (len(t.children) - 1 if rule in ("postfix", "scored") else 0)
            if levels[id(t)] > LEVELS:
                raise self._too_deep(t)
        return self._built[id(root)]

    def _too_deep(self, t: Tree[Token]) -> LotError:
        whole = self.span(t)
        label = Label(Span(self.source, whole.start, min(whole.end, whole.start + 1)), "from here on")
        message = f"more than {LEVELS} parts are nested in one another"
        return LotError(Diagnostic("LOT-E0103", message, label, help="name the inner parts by `let`"))

    def build(self, t: Any) -> Any:
        """Give the node of a parse tree, made by the method that has the name of its rule."""
        return self._built[id(t)]

    def all(self, trees: Iterable[Any]) -> tuple[Any, ...]:
        """Build several nodes."""
        return tuple(self.build(t) for t in trees)

    def span(self, t: Any) -> Span:
        """Give the span of a parse tree or token."""
        at = t if isinstance(t, Token) else t.meta
        return Span(self.source, getattr(at, "start_pos", 0) or 0, getattr(at, "end_pos", 0) or 0)

    def number_of(self, token: Any) -> int | Fraction:
        """Give the exact value of a numeral. Errors: LOT-E0105 where it is too long."""
        digits = str(token).replace("_", "")
        if len(digits) > LONGEST_NUMERAL:
            label = Label(self.span(token), f"{len(digits):,} digits")
            message = f"a number is written in at most {LONGEST_NUMERAL:,} digits"
            raise LotError(Diagnostic("LOT-E0105", message, label, help="write it as a product of shorter ones"))
        return Fraction(digits) if "." in digits else int(digits)

    def whole(self, token: Any) -> int:
        """Give the value of a numeral that counts something. Errors: LOT-E0105 where it has a point."""
        value = self.number_of(token)
        if isinstance(value, int):
            return value
        message = f"`{token}` is not a whole number"
        label = Label(self.span(token), "this counts something")
        raise LotError(Diagnostic("LOT-E0105", message, label, help="write it without a point"))

    def literal(self, t: Any) -> str:
        """Give the text of a literal, escapes resolved."""
        return literal(t.children[0], self.source) if t.children else ""

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
