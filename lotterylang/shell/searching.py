"""`std.tools.search(wiki)`: calls of a tool in, searches of an index out, and what is found back as the tool's result.

Next door: `outside.py` opens both; `toolbox.py` is the other way round: searches of tools.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress

from lotterylang.run.effects import Call, Called, Data, Failed, Find, Found, Hit, Index, Reply
from lotterylang.run.values import rounded

COUNT = 3
"""Passages of a result."""


class Searching:
    """Answers calls of a tool by searches of an index, each for the first argument."""

    def __init__(self, name: str, index: Index) -> None:
        self._name, self._index = name, index
        self.identity = f"std.tools.search in {index.identity}"

    def submit(self, effects: Sequence[Call]) -> list[Future[Reply]]:
        """Take calls to be answered in any order, one future each, and return at once."""
        return [self._submit(effect) for effect in effects]

    def close(self) -> None:
        """Release nothing: the index is searched by others too."""

    def _submit(self, effect: Call) -> Future[Reply]:
        future: Future[Reply] = Future()
        query = effect.arguments[0][1] if len(effect.arguments) == 1 else None
        if not isinstance(query, str):
            future.set_result(Failed("ToolFailed", "`std.tools.search` takes the text that is searched for"))
            return future
        found = self._index.submit([Find(effect.path, self._name, (), COUNT, query)])[0]
        found.add_done_callback(lambda done: _pass_on(done, future))
        return future


def _pass_on(found: Future[Reply], future: Future[Reply]) -> None:
    """Settle a call as its search was. Errors: what a search raises is a defect, and the call's too."""
    if found.cancelled():
        future.cancel()
    if future.cancelled():
        future.set_running_or_notify_cancel()  # only now those who wait for several futures are told
        return
    problem = found.exception()
    with suppress(InvalidStateError):  # it was cancelled meanwhile
        if problem is not None:
            future.set_exception(problem)
            return
        reply = found.result()
        future.set_result(Called([_data(hit) for hit in reply.hits]) if isinstance(reply, Found) else reply)


def _data(hit: Hit) -> Data:
    score = rounded(hit.score) if isinstance(hit.score, float) else hit.score
    return {"text": hit.text, "title": hit.title, "score": score, "source": hit.source, "meta": dict(hit.meta)}
