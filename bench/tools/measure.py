"""Measures: what an arm calls, item by item, and how well tools are found among all of them.

Enters: items and arms. Leaves: shares with their intervals. Next door: `programs.py` writes what is run.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Literal

import lotterylang as lot
from bench.statistics import Figure, wilson
from bench.tools.items import Function, Item, is_right
from bench.tools.programs import written
from lotterylang.run.effects import Find, Found, Hit, Index, Reply
from lotterylang.syntax.diagnostics import LotError

PLACES = (1, 3, 5, 20)


def called(items: Sequence[Item], model: str) -> dict[str, Figure]:
    """Run an arm over items. Units: shares of items.

    `tool` and `call` are of items that have a right call, where one must be called: the tool among several, and the
    call with all its arguments. `none` is of items that no function answers, where none may be called; `not none` the
    same of those that one does.
    """
    tools: list[bool] = []
    calls: list[bool] = []
    rightly: list[bool] = []
    wrongly: list[bool] = []
    for place, item in enumerate(items):
        if place % 20 == 0:
            print(f"{model}: {place} of {len(items)}", file=sys.stderr, flush=True)
        chosen = _answer(item, model, may_be_none=True)
        if item.right is None:
            rightly.append(chosen is None)
            continue
        wrongly.append(chosen is not None)
        must = _answer(item, model, may_be_none=False) or ("", {})
        is_tool = must[0] == item.right[0]
        if len(item.functions) > 1:
            tools.append(is_tool)
        calls.append(is_tool and is_right(must[1], item.right[1]))
    found = {"tool": tools, "call": calls, "none": rightly, "not none": wrongly}
    return {name: wilson(sum(hits), len(hits)) for name, hits in found.items() if hits}


def _answer(item: Item, model: str, *, may_be_none: bool) -> tuple[str, Mapping[str, object]] | None:
    """Give what is called; None for none, and no function for a call that was cut."""
    program = written(item, may_be_none)
    assert program is not None  # those that can't be written are left out before
    try:
        value = lot.loads(program.text).run(model=model, said=program.said, question=item.question).value
    except LotError:
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
