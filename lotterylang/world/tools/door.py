"""The door of the tools: calls in, futures out. Time-outs, retries, cancellation and leaves are its business.

A call runs here in a thread where its tool always ends soon, else in a worker process, which is killed when the call
is late or cancelled; the next call has another one. What acts, or does not say that it may be repeated, is run at most
once. Next door: `opened.py` is one declared tool, `worker.py` a process, `grants.py` the leave to act.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from lotterylang.run.effects import Call, Called, Data, Observed, Reply, Tool
from lotterylang.world.tools.data import unpacked
from lotterylang.world.tools.definition import Definition, State
from lotterylang.world.tools.foreign import described_by
from lotterylang.world.tools.opened import Opened
from lotterylang.world.tools.refusal import KINDS, Refused
from lotterylang.world.tools.running import run
from lotterylang.world.tools.worker import Worker

SIDE_BY_SIDE = 4
"""Calls that run at the same time."""

PAUSES_S = (0.05, 0.2)
"""How long to wait before each further attempt; there are as many attempts more as pauses."""

_Job = tuple[Call, "Future[Reply]", "_Running"]


class Tools:
    """All tools of a run, by the names that the program gives them."""

    def __init__(self, opened: Mapping[str, Opened], folder: Path, pauses_s: Sequence[float] = PAUSES_S) -> None:
        self._opened = dict(opened)
        self._folder = folder
        self._pauses_s = tuple(pauses_s)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._waiting: set[Future[Reply]] = set()
        self._keeping: dict[str, _Keeper] = {}
        self._users = 0
        self._closed = False

    @property
    def identity(self) -> str:
        """Identify what answers, for the journal."""
        return "; ".join(f"{name} = {opened.identity}" for name, opened in sorted(self._opened.items()))

    def submit(self, effects: Sequence[Call]) -> list[Future[Reply]]:
        """Take calls to be answered in any order, one future each, and return at once.

        A future that is cancelled ends its call. Errors: `Failed`, of the kinds of `refusal.py`; an exception is a
        defect.
        """
        return [self._submit(effect) for effect in effects]

    def close(self) -> None:
        """End all calls and processes. Futures not yet answered are cancelled."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, set()
        for future in waiting:
            future.cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        for worker in [*self._idle, *(keeper.worker for keeper in self._keeping.values() if keeper.worker)]:
            worker.close()

    def tool(self, name: str, opened: Opened) -> Tool:
        """Give one declared tool a door of its own. It shares processes with the others; the last closes them all."""
        with self._lock:
            self._opened[name] = opened
            self._users += 1
        return _One(self, opened)

    def describe(self, source: str, folder: Path) -> Definition:
        """Have a worker load a tool whose code is not ours; it stays for the calls. Errors: LOT-E0605."""
        worker = self._taken()
        try:
            return described_by(worker, source, folder)
        finally:
            self._give_back(worker, alone=False)

    def leave(self) -> None:
        """Close where nobody else is left who was given a tool."""
        with self._lock:
            self._users -= 1
        if self._users <= 0:
            self.close()

    def _submit(self, effect: Call) -> Future[Reply]:
        future: Future[Reply] = Future()
        running = _Running()
        future.add_done_callback(partial(self._settled, running))
        with self._lock:
            if self._closed:
                raise RuntimeError("the tools are closed")
            self._waiting.add(future)
            if len(self._threads) < min(SIDE_BY_SIDE, len(self._waiting)):
                self._threads.append(Thread(target=self._work, name="tools", daemon=True))
                self._threads[-1].start()
        self._jobs.put((effect, future, running))
        return future

    def _settled(self, running: _Running, future: Future[Reply]) -> None:
        with self._lock:
            self._waiting.discard(future)
        if future.cancelled():
            future.set_running_or_notify_cancel()  # only now those who wait for several futures are told
            running.cancel()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            effect, future, running = job
            if future.cancelled():
                continue
            with suppress(InvalidStateError):  # it was cancelled meanwhile
                try:
                    future.set_result(self._reply(effect, running))
                except InvalidStateError:
                    raise
                except Exception as problem:  # a defect: whoever waits for the future is told
                    future.set_exception(problem)

    def _reply(self, effect: Call, running: _Running) -> Reply:
        began = time.monotonic()
        try:
            value = self._attempted(effect, running, began)
        except Refused as refused:
            return refused.reply
        return Called(value, Observed(seconds=time.monotonic() - began))

    def _attempted(self, effect: Call, running: _Running, began: float) -> Data:
        opened = self._opened.get(effect.tool)
        if opened is None:
            raise Refused("NotFound", f"there is no tool `{effect.tool}` here")
        opened.see_leave()
        traits = opened.definition.traits
        running.until = began + traits.limit_s
        for pause in (*self._pauses_s, None):
            try:
                return self._run(opened, effect, running)
            except Refused as refused:
                late = pause is None or time.monotonic() + pause >= running.until
                again = refused.passing and traits.repeats and not (traits.acts or effect.acts)
                if not again or late or running.ended.wait(pause):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _run(self, opened: Opened, effect: Call, running: _Running) -> Data:
        definition = opened.definition
        keeper = self._keeper(opened)
        if keeper is None and definition.traits.here:
            return run(definition, effect.arguments, opened.leave, {})
        if keeper is None:
            worker = self._taken()
            try:
                return _asked(worker, opened, effect, running)
            finally:
                self._give_back(worker, definition.traits.alone)
        with keeper.lock:
            if definition.traits.here:
                return run(definition, effect.arguments, opened.leave, keeper.kept)
            keeper.worker = self._living(keeper.worker)
            return _asked(keeper.worker, opened, effect, running)

    def _keeper(self, opened: Opened) -> _Keeper | None:
        """Give what keeps a tool's state; None for a tool without."""
        if not opened.definition.keeps:
            return None
        with self._lock:
            return self._keeping.setdefault(opened.definition.keeps, _Keeper())

    def _taken(self) -> Worker:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        return self._living(worker)

    def _living(self, worker: Worker | None) -> Worker:
        """Give a worker, or a new one in place of one that ended."""
        if worker is not None and worker.lives:
            return worker
        if worker is not None:
            worker.close()
        return Worker(self._folder)

    def _give_back(self, worker: Worker, alone: bool) -> None:
        if alone or not worker.lives:
            worker.close()
            return
        with self._lock:
            self._idle.append(worker)


class _One:
    """One declared tool, as the runner knows tools."""

    def __init__(self, tools: Tools, opened: Opened) -> None:
        self._tools: Tools | None = tools
        self._door = tools.submit
        self._opened = opened

    @property
    def identity(self) -> str:
        return self._opened.identity

    def submit(self, effects: Sequence[Call]) -> list[Future[Reply]]:
        return self._door(effects)

    def close(self) -> None:
        tools, self._tools = self._tools, None
        if tools is not None:
            tools.leave()


class _Keeper:
    """One state, and the calls that share it, one after another; a worker that keeps it is nobody else's."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: dict[type[State], State] = {}
        self.worker: Worker | None = None


class _Running:
    """A call that runs: until when it may (of `time.monotonic`), and what must be ended when it is cancelled."""

    def __init__(self) -> None:
        self.until = 0.0
        self.ended = Event()
        self._lock = Lock()
        self._worker: Worker | None = None

    def uses(self, worker: Worker | None) -> bool:
        """Say which process works for the call now; False where the call is cancelled already."""
        with self._lock:
            self._worker = worker
            return not self.ended.is_set()

    def cancel(self) -> None:
        """End the call."""
        with self._lock:
            self.ended.set()
            if self._worker is not None:
                self._worker.kill()


def _asked(worker: Worker, opened: Opened, effect: Call, running: _Running) -> Data:
    """Have a worker run a call; what has to start first is not charged to it. Errors: Refused."""
    source, traits = opened.definition.source, opened.definition.traits
    if not running.uses(worker):
        raise Refused("Timeout", "the call was cancelled")
    try:
        running.until += worker.ready()
        if traits.start_s:
            began = time.monotonic()
            _reply_of(
                worker, opened.start(), began + traits.start_s, f"`{source}` did not start in {traits.start_s:g} s"
            )
            running.until += time.monotonic() - began
        late = f"`{source}` had no result after {traits.limit_s:g} s"
        return unpacked(_reply_of(worker, opened.request(effect), running.until, late)["value"])
    finally:
        running.uses(None)


def _reply_of(worker: Worker, request: dict[str, Any], until: float, late: str) -> dict[str, Any]:
    """Give a worker's reply. Errors: Refused, with the words of `late` where there is none in time."""
    try:
        reply = worker.ask(request, until)
    except Refused as refused:
        if refused.kind != "Timeout":
            raise
        raise Refused("Timeout", f"{late}, and was ended") from None
    if "kind" not in reply:
        return reply
    kind = next((kind for kind in KINDS if kind == reply.get("kind")), KINDS[0])
    raise Refused(kind, str(reply.get("message", "")), passing=bool(reply.get("passing")))
