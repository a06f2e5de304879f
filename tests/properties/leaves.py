"""The leaves of drawn trees: names, numbers, strings; and how a node is drawn from its parts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from lotterylang.syntax import table, tree
from lotterylang.syntax.newlines import Newlines
from lotterylang.syntax.source import Source, Span

HERE = Span(Source("drawn", ""), 0, 0)
RESERVED = {word.removeprefix("_").lower() for word in Newlines.always_accept if word not in ("_NL", "NAME")}
FREE_WORDS = sorted(set(re.findall(r'^_?[A-Z_]+: "([a-z]+)"$', table.grammar_text(), re.MULTILINE)) - RESERVED)
Strategy = SearchStrategy[Any]


DRAWN: set[type] = set()
"""The classes that a strategy was made for."""


def node(kind: type, *parts: Strategy) -> Strategy:
    DRAWN.add(kind)
    return st.builds(lambda *values: kind(HERE, *values), *parts)


def node_of(kind: type, values: Strategy) -> Strategy:
    """Draw a node whose fields hang together: all of them as one tuple."""
    DRAWN.add(kind)
    return values.map(lambda drawn: kind(HERE, *drawn))


def some(part: Strategy, least: int = 1, most: int = 3) -> Strategy:
    return st.lists(part, min_size=least, max_size=most).map(tuple)


def maybe(part: Strategy) -> Strategy:
    return st.none() | part


def as_written(whole: Any) -> list[Any]:
    """Give all that counts in a tree, types of leaves too (`1`, `1.0` and `true` are equal to Python)."""
    found: list[Any] = []
    waiting = [whole]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tree.Node | tree.Module):
            found.append(type(part))
            waiting += reversed([getattr(part, f.name) for f in fields(part) if f.compare])
        elif isinstance(part, tuple):
            found.append(len(part))
            waiting += reversed(part)
        else:
            found.append((type(part), part))
    return found


NAMES = st.sampled_from(["a", "xs", "question", "_", "_x1", *FREE_WORDS])
TYPES = st.sampled_from(["Answer", "T", "Route2"])
PATHS = some(NAMES, 1, 3).map(".".join)
LOGICS = PATHS.filter(lambda p: p.split(".")[0] not in ("must", "could", "best", "models"))
COUNTS = st.integers(0, 10**6) | st.just(10**30)
DECIMALS = st.builds(lambda n, places: Fraction(n, 10**places), COUNTS, st.integers(1, 12))
FRAGMENTS = [
    *'ab \t\n"\\${}@#:.',
    "user:",
    "\nassistant:",
    "  system:",
    '"""',
    "${",
    "@{",
    "\n  ",
    "é",
    "e\u0301",
    "\r\n",
    "#",
]
STRINGS = st.lists(st.sampled_from(FRAGMENTS) | st.characters(exclude_characters="\0", codec="utf-8"), max_size=8).map(
    "".join
)
STRINGS_OF_LONG = STRINGS.map(lambda s: "".join(c for c in s if unicodedata.is_normalized("NFC", c)))
