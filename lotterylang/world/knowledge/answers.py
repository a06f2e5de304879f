"""Answers: searches of a run in, as effects; passages out, as replies. This room's side of the door of FIND.

Next door: `run/effects.py` says what a run asks; `index.py` finds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from lotterylang.run.effects import Failed, Find, Found, Hit, Reply
from lotterylang.world.knowledge import needs
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.document import Document, Passage
from lotterylang.world.knowledge.index import EmbeddedIndex, Ranking
from lotterylang.world.knowledge.interface import Embedder, Index, Late

KEPT_LISTS = 16
"""So many lists stay embedded: a loop that asks the same one again does not embed it again."""

DEEPER = 4
"""So many times as many passages are asked for where too few of those that an index gave are wanted."""

WHOLE = Chunking(1 << 30, 0)
"""Items of a list are passages already, and are not cut."""


class _Desk:
    """Takes searches to a thread of its own, one after another."""

    def __init__(self, answer: Callable[[Find], Reply]) -> None:
        self._answer = answer
        self._thread = ThreadPoolExecutor(1, "find")

    def submit(self, effects: Sequence[Find]) -> list[Future[Reply]]:
        """Take searches to be answered, one future each. Errors: a future has LOT-E0652 where the file is damaged."""
        return [self._thread.submit(self._answer, effect) for effect in effects]

    def close(self) -> None:
        """Cancel what is not answered yet."""
        self._thread.shutdown(cancel_futures=True)


def _hit(passage: Passage) -> Hit:
    """Give what a program knows of a passage: what a replay gives, too."""
    return Hit(passage.text, passage.title, passage.score, passage.source, passage.meta)


class IndexAnswers(_Desk):
    """Answers searches of one index, which it closes at the end."""

    def __init__(self, index: Index) -> None:
        super().__init__(self._found)
        self._index = index

    @property
    def identity(self) -> str:
        """Identify what answers now: the documents, and how they are ranked and searched."""
        info = self._index.info()
        return f"{info.ranking} {info.search} {info.identity}"

    def close(self) -> None:
        """Release the index too."""
        super().close()
        self._index.close()

    def _found(self, effect: Find) -> Reply:
        try:
            hits = self._kept(effect)
        except Late as problem:
            return Failed("Timeout", problem.diagnostics[0].message)
        if not hits and not (held := self._index.info()).documents and not held.passages:
            return Failed("NotFound", f"the index `{effect.index}` holds no documents")
        return Found(hits)

    def _kept(self, effect: Find) -> tuple[Hit, ...]:
        """Give the nearest that keep to what is needed. Deeper and deeper, since a filter may take too much."""
        asked, where = effect.count, needs.meant(effect.needs)
        while True:
            found = self._index.find(effect.query, asked, where or None)
            hits = [hit for hit in map(_hit, found) if effect.keeps(hit)]
            if len(hits) >= effect.count or len(found) < asked:
                return tuple(hits[: effect.count])
            asked *= DEEPER


class ListAnswers(_Desk):
    """Answers searches of lists: each is an index in memory, as long as it is one of the last that were asked."""

    def __init__(self, embedder: Embedder, ranking: Ranking = "hybrid") -> None:
        super().__init__(self._found)
        self._embedder, self._ranking = embedder, ranking
        self._lists: OrderedDict[tuple[Hit, ...], EmbeddedIndex] = OrderedDict()
        self.identity = f"{ranking} exact {embedder.name}"

    def close(self) -> None:
        """Release the lists too."""
        super().close()
        for index in self._lists.values():
            index.close()
        self._lists.clear()

    def _found(self, effect: Find) -> Reply:
        passages = tuple(filter(effect.keeps, effect.passages))
        found = self._embedded(passages).find(effect.query, effect.count)
        return Found(tuple(replace(passages[int(one.document)], score=one.score) for one in found))

    def _embedded(self, passages: tuple[Hit, ...]) -> EmbeddedIndex:
        """Give the index of a list. Documents are named by position, so that equally near ones keep their order."""
        if passages not in self._lists:
            index = EmbeddedIndex(None, self._embedder, WHOLE, ranking=self._ranking, search="exact")
            index.add(
                Document(f"{place:09}", hit.text.replace("\0", " "), hit.title) for place, hit in enumerate(passages)
            )
            self._lists[passages] = index
            if len(self._lists) > KEPT_LISTS:
                self._lists.popitem(last=False)[1].close()
        self._lists.move_to_end(passages)
        return self._lists[passages]
