"""What `fit` leaves of a value: as many whole elements, from the first on, as a number of tokens has room for.

Enters: a text or a list, and who counts tokens. Counting is a pure function of a text; the runner hands in that of the
program's model. Next door: `render.py` writes the elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lotterylang.run.render import rendered
from lotterylang.run.values import Value

Count = Callable[[str], int]
"""Gives the number of tokens of a text: always the same for the same text and model."""

_WORD = re.compile(r"\S+")
_WORD_OR_SIGN = re.compile(r"\w+|[^\w\s]")


def words_and_signs(text: str) -> int:
    """Count the words and signs of a text: how tokens are counted where no model has a tokenizer."""
    return len(_WORD_OR_SIGN.findall(text))


def fit(value: Value, tokens: int, count: Count) -> Value:
    """Give a list with its first items, or a text with its first words, that are at most so many tokens as shown."""
    if isinstance(value, str):
        ends = [found.end() for found in _WORD.finditer(value)]
        most = _most(len(ends), lambda n: count(value[: ends[n - 1]]) <= tokens)
        return value if most == len(ends) else value[: ends[most - 1]] if most else ""
    most = _most(len(value), lambda n: count(rendered(value[:n], alone=True)) <= tokens)
    return value[:most]


def _most(size: int, has_room: Callable[[int], bool]) -> int:
    """Find how many elements have room. Cost: as much counting as a few times what is left of the value."""
    low, step = 0, 1
    while low < size and has_room(min(low + step, size)):
        low, step = min(low + step, size), 2 * step
    high = min(low + step, size + 1) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if has_room(middle) else (low, middle - 1)
    return low
