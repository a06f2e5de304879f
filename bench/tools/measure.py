"""Measures: what an arm calls, item by item, and how well tools are found among all of them.

Enters: items and arms. Leaves: shares with their intervals. Next door: `programs.py` writes what is run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Literal

import lotterylang as lot
from bench.statistics import Figure, wilson
from bench.tools.items import Function, Item, is_right
from bench.tools.programs import written
from lotterylang.run.effects import Find, Found, Hit, Index, Reply
from lotterylang.syntax.diagnostics import LotError

PLACES = (1, 3, 5, 20)

COLUMNS = {
    "tool": "right tool of several",
    "call": "right call of several",
    "call of one": "right call of one",
    "none": "rightly none",
    "not none": "rightly not none",
}
"""What is measured of an arm."""


def called(items: Sequence[Item], model: str, nearest: Index | None = None) -> dict[str, Figure]:
    """Run an arm over items. Units: shares of items.

    `tool` and `call` are of items with several functions of which one must be called: the right tool, and the right
    call with all its arguments; `call of one` the latter where there is one function only. `none` is of items that no
    function answers, where none may be called; `not none` the same of those that one does. With `nearest` the hole
    holds only the function that this finds for the question, and items of several functions alone are asked.
    """
    hits: dict[str, list[bool]] = {name: [] for name in COLUMNS}
    for place, item in enumerate(items):
        if place % 20 == 0:
            print(f"{model}: {place} of {len(items)}", file=sys.stderr, flush=True)
        if nearest is None:
            is_none = _answer(item, model, may_be_none=True) is None
            hits["none" if item.right is None else "not none"].append(is_none == (item.right is None))
        several = len(item.functions) > 1
        if item.right is None or (nearest is not None and not several):
            continue
        narrow = item if nearest is None else replace(item, functions=(_nearest(item, nearest),))
        tool, given = _answer(narrow, model, may_be_none=False) or ("", {})
        is_call = tool == item.right[0] and is_right(given, item.right[1])
        hits["call" if several else "call of one"].append(is_call)
        if several:
            hits["tool"].append(tool == item.right[0])
    return {name: wilson(sum(found), len(found)) for name, found in hits.items() if found}


def _nearest(item: Item, lists: Index) -> Function:
    hits = tuple(Hit(function.text, function.name) for function in item.functions)
    reply = lists.submit([Find("bench", None, hits, 1, item.question)])[0].result()
    names = [hit.title for hit in reply.hits] if isinstance(reply, Found) else []
    return next((each for each in item.functions if each.name in names), item.functions[0])


def _answer(item: Item, model: str, *, may_be_none: bool) -> tuple[str, Mapping[str, object]] | None:
    """Give what is called; None for none, and no function for a call that was cut."""
    program = written(item, may_be_none)
    assert program is not None  # those that can't be written are left out before
    loaded = lot.loads(program.text)
    try:
        value = loaded.run(model=model, said=program.said, question=item.question).value
    except LotError:  # the call was cut, or the prompt is too long
        return "", {}
    return None if value is None else program.call(value)


def found(items: Sequence[Item], functions: Sequence[Function], lists: Index) -> dict[str, Figure]:
    """Search all functions for each item that has a right call: the share in which it is among the first k."""
    hits = tuple(Hit(function.text, function.name) for function in functions)
    asked = [item for item in items if item.right is not None]
    effects = [Find("bench", None, hits, max(PLACES), item.question) for item in asked]
    replies: list[Future[Reply]] = lists.submit(effects)
    places = [_place(reply.result(), item) for reply, item in zip(replies, asked, strict=True)]
    return {f"@{k}": wilson(sum(place < k for place in places), len(places)) for k in PLACES}


def _place(reply: Reply, item: Item) -> int:
    names = [hit.title for hit in reply.hits] if isinstance(reply, Found) else []
    right = item.right[0] if item.right is not None else ""
    return names.index(right) if right in names else sys.maxsize


def by_chance(functions: Sequence[Function]) -> dict[str, float]:
    """Give the same of functions that are drawn: what dice find."""
    return {f"@{k}": k / len(functions) for k in PLACES}


def by_words() -> Index:
    """Open a search by words alone."""
    from lotterylang.world.knowledge.answers import ListAnswers
    from lotterylang.world.knowledge.words_alone import WordsAlone

    return ListAnswers(WordsAlone(), "words")


def by_vectors(ranking: Literal["vectors", "hybrid"]) -> Index:
    """Open a search by vectors, or by both; the embedder is fetched the first time."""
    from lotterylang.world.knowledge.answers import ListAnswers
    from lotterylang.world.model.embedding.open import open_embedder

    return ListAnswers(open_embedder(), ranking)


RANKINGS: dict[str, Callable[[], Index]] = {
    "words": by_words,
    "vectors": partial(by_vectors, "vectors"),
    "hybrid": partial(by_vectors, "hybrid"),
}
"""How functions are searched."""
