"""Needs: metadata as a program sees them, and what it needs of them as a filter that every index knows.

A program knows texts alone, an index what its documents say: numbers, `true`, `null`. A filter may take too much, and
then whoever asks drops what does not fit; it never takes too little. Next door: `answers.py` asks, `filter.py` and
`points.py` write filters as SQL and for Qdrant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby

from lotterylang.run.needs import Need
from lotterylang.world.knowledge.document import Between, Metadata, Scalar, Where

MOST_LISTED = 10_000
"""Of more values than this a filter says only that there is one: databases take no more at once."""


def said(metadata: Metadata) -> tuple[tuple[str, str], ...]:
    """Give metadata as texts, without what is null."""
    return tuple((key, _text(value)) for key, value in metadata.items() if value is not None)


def meant(needs: Iterable[Need]) -> Where:
    """Give the filter that takes whatever keeps to some needs."""
    by_key = groupby(sorted(needs, key=lambda need: need.key), key=lambda need: need.key)
    return {key: _meant([*of_key]) for key, of_key in by_key}


def _meant(needs: Sequence[Need]) -> list[Scalar] | Between:
    """Give the values that are wanted at one key, or between which texts they are."""
    listed = next((need for need in needs if need.sign in ("==", "in")), None)
    if listed is not None:
        others = [need for need in needs if need is not listed]
        texts = [text for text in dict.fromkeys(listed.values) if all(need.holds(text) for need in others)]
        return [value for text in texts for value in _values(text)] if len(texts) <= MOST_LISTED else Between()
    lows = [need.values[0] for need in needs if need.sign in (">", ">=")]
    highs = [need.values[0] for need in needs if need.sign in ("<", "<=")]
    return Between(max(lows, default=None), min(highs, default=None))


def _text(value: Scalar) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _values(text: str) -> list[Scalar]:
    """List the values that a program sees as this text."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return [text]
    return [text, found] if isinstance(found, int | float) and _text(found) == text else [text]
