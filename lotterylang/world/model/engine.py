"""The engine: effects in, futures out at once, and one worker that answers them on a real model.

Asks are decoded side by side in one batch that rows join and leave; each Choose and Score is one pass of its own. Equal
questions in flight are asked once. Next door: `open.py` makes engines; `filling.py` and `scoring.py` know the work.
"""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from lotterylang.recipe import Window
from lotterylang.run.effects import Ask, Choose, ModelEffect, Reply
from lotterylang.world.model.build.folder import TOKENIZER
from lotterylang.world.model.choosing import choose, score
from lotterylang.world.model.decoding import Batch, Row
from lotterylang.world.model.filling import Reader, fill
from lotterylang.world.model.network.opening import opened
from lotterylang.world.model.prefix import PrefixCache
from lotterylang.world.model.store import ReplyStore, question
from lotterylang.world.model.tokenizer import Tokens

PREFIX_BYTES = 1 << 29
"""Memory for the prefix cache: with it a process stays under 1.2 GB however long its texts are (`bench/memory.py`)."""

MOST_REPLIES = 50_000
"""Replies that the store keeps."""


@dataclass(slots=True, eq=False)
class _Job:
    """A question being answered, and everyone who asked it."""

    effect: ModelEffect
    futures: list[Future[Reply]]
    begun: float
    rows: Generator[Row, None, Reply] | None = None

    @property
    def is_cancelled(self) -> bool:
        """Tell whether nobody waits for the answer any more."""
        return all(future.cancelled() for future in self.futures)


class Engine:
    """A model on this machine, as `run.effects.Model`."""

    def __init__(self, name: str, folder: Path, prefix_bytes: int = PREFIX_BYTES, window: Window | None = None) -> None:
        self._name = name
        network = opened(folder, window)
        tokens = Tokens(folder / TOKENIZER)
        self._reader = Reader(network, PrefixCache(network, prefix_bytes), tokens)
        seen = "" if window is None else f"&window={window}"
        self._identity = f"{network.card.key}:{network.card.recipe}{seen}:{network.processor}"
        self._store = ReplyStore(MOST_REPLIES)
        self._batch = Batch(network)
        self._in_flight: dict[ModelEffect, _Job] = {}
        self._waiting: deque[_Job] = deque()
        self._decoding: dict[Row, _Job] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._worker = threading.Thread(target=self._work, name=f"lottery-{name}", daemon=True)
        self._worker.start()
        atexit.register(self.close)  # a process that ends while the worker is inside ONNX Runtime would be aborted

    @property
    def name(self) -> str:
        """Name the model as the catalogue does."""
        return self._name

    @property
    def identity(self) -> str:
        """Identify weights, builder, variant, kind of processor and runtime."""
        return self._identity

    @property
    def reader(self) -> Reader:
        """Give the tokenizer and the card, for showing what is sent."""
        return self._reader

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text as it stands in a prompt, as data."""
        return len(self._reader.tokens.encode(text))

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Take effects to be answered and return at once. Errors: RuntimeError after `close`."""
        futures: list[Future[Reply]] = [Future() for _ in effects]
        with self._changed:
            if self._closed:
                raise RuntimeError("the model is closed")
            for effect, future in zip(effects, futures, strict=True):
                self._enter(effect, future)
            self._changed.notify()
        return futures

    def close(self) -> None:
        """Stop the worker after the step it is at; futures not yet answered are cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._worker.join()
        atexit.unregister(self.close)
        for job in self._in_flight.values():
            for future in job.futures:
                future.cancel()
        self._in_flight.clear()

    def _enter(self, effect: ModelEffect, future: Future[Reply]) -> None:
        stored = self._store.find(effect)
        if stored is not None:
            future.set_result(stored)
            return
        key = question(effect)
        if key in self._in_flight:
            self._in_flight[key].futures.append(future)
            return
        job = _Job(effect, [future], monotonic())
        self._in_flight[key] = job
        self._waiting.append(job)

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._decoding or self._closed):
                    self._changed.wait()
                if self._closed:
                    return
                self._forget_cancelled()
                jobs = self._next_jobs()
            for job in jobs:
                self._begin(job)
            if self._decoding:
                self._resume(self._batch.step())

    def _forget_cancelled(self) -> None:
        """Let go of the questions that nobody waits for any more."""
        for row, job in list(self._decoding.items()):
            if job.is_cancelled:
                self._batch.leave(row)
                del self._decoding[row], self._in_flight[question(job.effect)]
        for job in [job for job in self._waiting if job.is_cancelled]:
            self._waiting.remove(job)
            del self._in_flight[question(job.effect)]

    def _next_jobs(self) -> list[_Job]:
        """Take from the queue what can begin now: all but the Asks for which the batch has no place."""
        jobs: list[_Job] = []
        places = self._batch.places()
        kept: deque[_Job] = deque()
        while self._waiting:
            job = self._waiting.popleft()
            if isinstance(job.effect, Ask) and places <= 0:
                kept.append(job)
            else:
                places -= isinstance(job.effect, Ask)
                jobs.append(job)
        self._waiting = kept
        return jobs

    def _begin(self, job: _Job) -> None:
        try:
            if isinstance(job.effect, Ask):
                job.rows = fill(job.effect, self._reader)
                self._advance(job)
            elif isinstance(job.effect, Choose):
                self._answer(job, choose(job.effect, self._reader))
            else:
                self._answer(job, score(job.effect, self._reader))
        except Exception as defect:  # a defect must reach those who wait, not end the worker
            self._fail(job, defect)

    def _resume(self, rows: list[Row]) -> None:
        for row in rows:
            job = self._decoding.pop(row)
            try:
                self._advance(job)
            except Exception as defect:  # as above
                self._fail(job, defect)

    def _advance(self, job: _Job) -> None:
        """Have the job's next holes filled until one needs steps; answer when there are no more."""
        rows = job.rows
        assert rows is not None
        while True:
            try:
                row = next(rows)
            except StopIteration as finished:
                self._answer(job, finished.value)
                return
            if self._batch.admit(row):
                self._decoding[row] = job
                return

    def _answer(self, job: _Job, reply: Reply) -> None:
        timed = replace(reply, observed=replace(reply.observed, seconds=monotonic() - job.begun))
        with self._changed:
            self._store.keep(job.effect, timed)
            self._in_flight.pop(question(job.effect), None)
        for future in job.futures:
            if future.set_running_or_notify_cancel():
                future.set_result(timed)

    def _fail(self, job: _Job, defect: BaseException) -> None:
        with self._changed:
            self._in_flight.pop(question(job.effect), None)
        for future in job.futures:
            if future.set_running_or_notify_cancel():
                future.set_exception(defect)
