"""Scopes: which name is bound here, to what type, and what is known of it; and which name may have been meant.

Values never change, so what a test has shown of a name (`x != none`), or of a field of it, holds in the rest of its
scope.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches

from lotterylang.check.types import NOTHING, Maybe, Type
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

Path = tuple[str, ...]
"""A name and the fields that lead on from it: `reply.value` is `("reply", "value")`."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A name of this scope, its type, and where it was bound."""

    name: str
    type: Type
    span: Span


@dataclass(slots=True)
class Level:
    """One block. `bound_before` are names bound on some path to here, though perhaps not on every one."""

    names: dict[str, Binding] = field(default_factory=dict)
    shown: dict[Path, Type] = field(default_factory=dict)
    bound_before: dict[str, Span] = field(default_factory=dict)


class Scope:
    """The names in view, innermost block last."""

    def __init__(self) -> None:
        self.levels = [Level()]

    @contextmanager
    def block(self) -> Iterator[Level]:
        """Open a block for the time of a `with`."""
        level = Level()
        self.levels.append(level)
        try:
            yield level
        finally:
            self.levels.pop()

    @contextmanager
    def alone(self) -> Iterator[Level]:
        """Open a scope that sees nothing of the one around it."""
        outer, self.levels = self.levels, [Level()]
        try:
            yield self.levels[0]
        finally:
            self.levels = outer

    def find(self, name: str) -> Binding | None:
        """Find what a name is bound to."""
        for level in reversed(self.levels):
            if name in level.names:
                return level.names[name]
        return None

    def bound_before(self, name: str) -> Span | None:
        """Tell where a name was bound on some path to here."""
        for level in reversed(self.levels):
            if name in level.names:
                return level.names[name].span
            if name in level.bound_before:
                return level.bound_before[name]
        return None

    def bind(self, binding: Binding) -> None:
        """Bind a name in the innermost block."""
        self.levels[-1].names[binding.name] = binding

    def show(self, facts: Mapping[Path, Type]) -> None:
        """Note narrower types that hold from here to the end of the innermost block."""
        self.levels[-1].shown.update(facts)

    def shown(self, path: Path) -> Type | None:
        """Give the narrower type that was shown of a path, if any."""
        for level in reversed(self.levels):
            if path in level.shown:
                return level.shown[path]
        return None

    def names(self) -> Iterator[str]:
        """Yield all names in view."""
        for level in reversed(self.levels):
            yield from level.names


def path_of(node: object) -> Path | None:
    """Give the path that a name, or fields of a name, make; None for any other expression."""
    fields: list[str] = []
    while isinstance(node, tree.Attribute):
        fields.append(node.name)
        node = node.target
    return (node.name, *reversed(fields)) if isinstance(node, tree.Name) else None


def close_name(name: str, names: Iterable[str]) -> str | None:
    """Find the name that may have been meant."""
    found = get_close_matches(name, list(dict.fromkeys(names)), n=1, cutoff=0.67)
    return found[0] if found else None


def span_of(name: str, span: Span, after: str = "") -> Span:
    """Find a name in the source text of the node that binds it; `after` is a sign that stands before the name."""
    at = span.text.find(after) + len(after) if after else 0
    found = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])").search(span.text, max(at, 0))
    if found is None:
        return span
    return Span(span.source, span.start + found.start(), span.start + found.end())


def end_of(name: str, span: Span) -> Span:
    """Give the span of the name that a node ends with."""
    return Span(span.source, max(span.start, span.end - len(name)), span.end)


def head_of(span: Span) -> Span:
    """Give the first words of a declaration: up to its first bracket or line end."""
    found = re.search(r"\s*[({=\n]", span.text)
    return Span(span.source, span.start, span.start + found.start()) if found and found.start() else span


def facts(node: object, truth: bool, types: Mapping[int, Type]) -> dict[Path, Type]:
    """List what a condition shows of names when it turned out true, or false. Its parts have been judged before."""
    match node:
        case tree.Comparison(_, left, ((("==" | "!=") as sign, right),)):
            return _fact(left, right, (sign == "==") is truth, types) or _fact(
                right, left, (sign == "==") is truth, types
            )
        case tree.Not(_, value):
            return facts(value, not truth, types)
        case tree.And(_, items) if truth:
            return _facts_of_all(items, truth, types)
        case tree.Or(_, items) if not truth:
            return _facts_of_all(items, truth, types)
    return {}


def _facts_of_all(items: tuple[object, ...], truth: bool, types: Mapping[int, Type]) -> dict[Path, Type]:
    found: dict[Path, Type] = {}
    for item in items:
        found |= facts(item, truth, types)
    return found


def _fact(side: object, other: object, is_none: bool, types: Mapping[int, Type]) -> dict[Path, Type]:
    path = path_of(side)
    if path is None or not isinstance(other, tree.Constant) or other.value is not None:
        return {}
    kind = types.get(id(side))
    if not isinstance(kind, Maybe):
        return {}
    return {path: NOTHING if is_none else kind.item}
