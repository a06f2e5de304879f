"""Words: passages by the words that they share with a query, BM25 by the FTS5 table of the store.

The query is data: every word of it is quoted, so nothing in it is an operator. Next door: `store.py` keeps the table
in step with the passages.
"""

from __future__ import annotations

import re

from lotterylang.world.knowledge.document import Where
from lotterylang.world.knowledge.filter import conditions
from lotterylang.world.knowledge.store import Store

MOST_WORDS = 64
"""So many different words of a query are looked for, its first ones."""

TITLE_WEIGHT, TEXT_WEIGHT = 1.0, 1.0

DECIMALS = 9
"""Of few passages a word that half of them have counts for a millionth, and must still tell them apart."""

_WORD = re.compile(r"[^\W_]+")


def expression(query: str) -> str:
    """Write a query as an expression of FTS5 that any of its words fulfils; empty if it has none."""
    words = dict.fromkeys(_WORD.findall(query.lower()))
    return " OR ".join(f'"{word}"' for word in list(words)[:MOST_WORDS])


def nearest(store: Store, query: str, count: int, where: Where | None) -> list[tuple[int, float]]:
    """Give the chunks with the words of a query, best first, each with its BM25 score; larger is nearer.

    Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with FTS5's constants.
    """
    wanted = expression(query)
    if not wanted:
        return []
    told, values = conditions(where or {})
    found = store.run(
        f"SELECT words.rowid, round(-bm25(words, {TITLE_WEIGHT}, {TEXT_WEIGHT}), {DECIMALS}) AS score"
        " FROM words JOIN chunks ON chunks.id = words.rowid JOIN documents ON documents.id = chunks.document"
        f" WHERE words MATCH ? AND {told} ORDER BY score DESC, documents.name, chunks.place LIMIT ?",
        (wanted, *values, count),
    )
    return [(int(chunk), float(score)) for chunk, score in found]
