"""The engine: effects in, futures out at once, and one worker that answers them on a real model.

Equal questions in flight are asked once. Next door: `open.py` makes engines; `scheduling.py` decides what is done next;
`decoding/filling.py` and `scoring/choosing.py` know the work.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

from lotterylang.recipe import Window
from lotterylang.run.effects import Ask, Choose, ModelEffect, Reply, Score
from lotterylang.world.model.build.folder import TOKENIZER
from lotterylang.world.model.decoding.filling import fill
from lotterylang.world.model.network.opening import opened
from lotterylang.world.model.prefix.cache import PrefixCache
from lotterylang.world.model.reader import Reader
from lotterylang.world.model.scheduling import Question, Schedule, Steps
from lotterylang.world.model.scoring.choosing import choose, score
from lotterylang.world.model.store import ReplyStore, question
from lotterylang.world.model.tokenizer import Tokens

PREFIX_BYTES = 7 << 26
"""Memory for the prefix cache: with it a process stays under 1.2 GB however long its texts are (`bench/memory.py`)."""

MOST_REPLIES = 50_000
"""Replies that the store keeps."""


class _Job:
    """A question being answered, and everyone who asked it."""

    def __init__(self, effect: ModelEffect) -> None:
        self.effect = effect
        self.futures: list[Future[Reply]] = []
        self.begun = monotonic()
        self.question: Question | None = None

    @property
    def is_cancelled(self) -> bool:
        """Tell whether nobody waits for the answer any more."""
        return all(future.cancelled() for future in self.futures)

    def settle(self, answer: Reply | Exception) -> None:
        """Give everyone the answer, or the defect that prevents it; hold nothing that was needed to find it."""
        futures, self.futures, self.question = self.futures, [], None
        for future in futures:
            if not future.set_running_or_notify_cancel():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)


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
        self._schedule = self._new_schedule()
        self._in_flight: dict[ModelEffect, _Job] = {}
        self._entered: list[tuple[_Job, Hashable]] = []
        self._cancelled: list[_Job] = []
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

    @property
    def counts(self) -> Mapping[str, int]:
        """Count tokens that the prefix cache let go, rows side by side, questions that waited or were interrupted."""
        schedule = self._schedule
        return {
            "evicted_tokens": self._reader.prefixes.tree.evicted_tokens,
            "most_rows": schedule.most_rows,
            "waits": schedule.waits,
            "preemptions": schedule.preemptions,
        }

    def submit(self, effects: Sequence[ModelEffect], asker: Hashable = None) -> list[Future[Reply]]:
        """Take effects to be answered and return at once. Errors: RuntimeError after `close`.

        Askers share the model fairly. Without one it is the calling thread that asks, since a run has its own.
        """
        asker = threading.get_ident() if asker is None else asker
        futures: list[Future[Reply]] = [Future() for _ in effects]
        with self._changed:
            if self._closed:
                raise RuntimeError("the model is closed")
            for effect, future in zip(effects, futures, strict=True):
                self._enter(effect, future, asker)
            self._changed.notify()
        return futures

    def forget(self) -> None:
        """Forget the replies given so far, so that equal questions are asked again. What was read stays."""
        with self._changed:
            self._store.clear()

    def close(self) -> None:
        """Stop the worker after the step it is at; futures not yet answered are cancelled."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if threading.current_thread() is not self._worker:  # as it is where someone closes the model once answered
            self._worker.join()
        atexit.unregister(self.close)
        for job in list(self._in_flight.values()):
            for future in job.futures:
                future.cancel()
        self._in_flight.clear()

    def _new_schedule(self) -> Schedule:
        return Schedule(self._reader.network, self._reader.prefixes.tree)

    def _enter(self, effect: ModelEffect, future: Future[Reply], asker: Hashable) -> None:
        stored = self._store.find(effect)
        if stored is not None:
            future.set_result(stored)
            return
        key = question(effect)
        job = self._in_flight.get(key)
        if job is None:
            job = self._in_flight[key] = _Job(effect)
            self._entered.append((job, asker))
        job.futures.append(future)
        future.add_done_callback(partial(self._see, job))

    def _see(self, job: _Job, done: Future[Reply]) -> None:
        """Wake the worker where a future was cancelled."""
        if done.cancelled():
            with self._changed:
                self._cancelled.append(job)
                self._changed.notify()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._entered or self._cancelled or self._closed) and self._schedule.is_idle:
                    self._changed.wait()
                if self._closed:
                    self._schedule.close()
                    return
                entered, self._entered = self._entered, []
                withdrawn = self._take_cancelled()
            try:
                for job, asker in entered:
                    self._begin(job, asker)
                for job in withdrawn:
                    self._withdraw(job)
                self._schedule.turn()
            except Exception as defect:  # it must reach those who wait, not end the worker
                self._fail_all(defect)

    def _withdraw(self, job: _Job) -> None:
        if job.question is not None:
            self._schedule.withdraw(job.question)
        job.question, job.futures = None, []

    def _take_cancelled(self) -> list[_Job]:
        """List the questions that nobody waits for any more; an equal one is asked anew from now on."""
        found = []
        for job in dict.fromkeys(self._cancelled):
            if job.is_cancelled and self._in_flight.get(question(job.effect)) is job:
                del self._in_flight[question(job.effect)]
                found.append(job)
        self._cancelled.clear()
        return found

    def _begin(self, job: _Job, asker: Hashable) -> None:
        job.question = Question(
            asker, isinstance(job.effect, Ask), self._steps(job.effect), lambda answer: self._settle(job, answer)
        )
        self._schedule.enter(job.question)

    def _steps(self, effect: ModelEffect) -> Steps:
        match effect:
            case Ask():
                return (yield from fill(effect, self._reader))
            case Choose():
                return (yield from choose(effect, self._reader))
            case Score():
                return (yield from score(effect, self._reader))

    def _settle(self, job: _Job, answer: Reply | Exception) -> None:
        if not isinstance(answer, Exception):
            answer = replace(answer, observed=replace(answer.observed, seconds=monotonic() - job.begun))
        with self._changed:
            if not isinstance(answer, Exception):
                self._store.keep(job.effect, answer)
            self._in_flight.pop(question(job.effect), None)
        job.settle(answer)

    def _fail_all(self, defect: Exception) -> None:
        with self._changed:
            jobs = list(self._in_flight.values())
            self._in_flight.clear()
            self._entered.clear()
        self._schedule.close()
        self._schedule = self._new_schedule()
        for job in jobs:
            job.settle(defect)
