"""Processes that derive: what runs away is ended, what dies is replaced, and nobody else notices."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from types import SimpleNamespace
from typing import Any

import pytest
from deductions import answered, deduce, rows

from lotterylang.run.effects import Deduced
from lotterylang.world.logic import workers
from lotterylang.world.logic.open import Clingo
from lotterylang.world.logic.worker import question_of
from lotterylang.world.logic.workers import Process

SMALL = deduce("out(X) :- told(X).", "out/1", told=["a"])
ENDLESS = deduce("n(0). n(X+1) :- n(X).", "n/1")


@pytest.fixture
def logic() -> Iterator[Clingo]:
    made = Clingo(seconds=1, memory_bytes=1 << 30)
    yield made
    made.close()


def test_a_grounding_that_runs_away_is_ended_and_others_are_answered_meanwhile(logic: Clingo) -> None:
    runaway, *small = logic.submit([ENDLESS, *[SMALL] * 20])
    first = wait([runaway, *small], timeout=60, return_when=FIRST_COMPLETED).done
    assert runaway not in first
    assert all(rows(future.result(timeout=60)) == {"out": (("a",),)} for future in small)  # type: ignore[arg-type]
    reply = runaway.result(timeout=60)
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and "1 s" in reply.why


def test_more_that_run_away_than_there_are_processes_are_all_ended(logic: Clingo) -> None:
    futures = logic.submit([ENDLESS] * 5 + [SMALL])
    replies = [future.result(timeout=60) for future in futures]
    assert [reply.outcome for reply in replies] == ["unknown"] * 5 + ["sat"]  # type: ignore[union-attr]


def test_too_much_memory_is_unknown_and_the_next_is_answered() -> None:
    logic = Clingo(seconds=110, memory_bytes=400 << 20)
    reply = logic.submit([deduce("p(1..3000). q(X, Y, Z) :- p(X), p(Y), p(Z).", "q/3")])[0].result(timeout=120)
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and "memory" in reply.why
    assert logic.submit([SMALL])[0].result(timeout=60).outcome == "sat"  # type: ignore[union-attr]
    logic.close()


def test_a_process_that_is_killed_is_replaced(logic: Clingo) -> None:
    for _ in range(3):
        assert logic.submit([SMALL])[0].result(timeout=60).outcome == "sat"  # type: ignore[union-attr]
        for process in logic._workers._processes:
            running = process._running
            if running is not None:
                os.kill(running.pid, signal.SIGKILL)
    outcomes = {logic.submit([SMALL])[0].result(timeout=60).outcome for _ in range(8)}  # type: ignore[union-attr]
    assert "sat" in outcomes and logic.submit([SMALL])[0].result(timeout=60).outcome == "sat"  # type: ignore[union-attr]


class _Dying(Process):
    """A process that says these lines and is gone."""

    def __init__(self, *said: dict[str, Any]) -> None:
        super().__init__(0)
        self._said = [json.dumps(line).encode() for line in said]

    def _send(self, line: bytes, until: float) -> None:
        assert line

    def _line(self, until: float) -> bytes:
        if not self._said:
            raise EOFError
        return self._said.pop(0)


BY_THEN = {"outcome": "unknown", "answers": [[["a", [[1]]]]], "core": [], "why": "it was over"}
BETTER = {**BY_THEN, "answers": [[["a", [[2]]]]]}
NOTHING = {"outcome": "unknown", "why": "too much memory"}


def test_what_a_process_told_before_its_end_is_the_reply() -> None:
    more = {"more": True}
    assert _Dying(BY_THEN | more)._asked(b"?", 0) == BY_THEN
    assert _Dying(BY_THEN | more, BETTER | more, NOTHING | {"last": True})._asked(b"?", 0) == BETTER
    assert _Dying(BY_THEN | more, BETTER)._asked(b"?", 0) == BETTER
    with pytest.raises(EOFError):
        _Dying()._asked(b"?", 0)


def test_a_process_that_starts_too_late_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "START_S", 0.0)
    process = Process(1 << 30)
    with pytest.raises(TimeoutError):
        process.start()
    assert process._running is None
    monkeypatch.undo()
    reply = process.ask(question_of(SMALL, 30), 30)
    process.end()
    assert reply["outcome"] == "sat"


def test_a_question_that_is_longer_than_its_time_is_not_sent() -> None:
    process, (read, write) = Process(0), os.pipe()
    with os.fdopen(read, "rb"), os.fdopen(write, "wb") as pipe:
        process._running = SimpleNamespace(stdin=pipe)  # type: ignore[assignment]
        with pytest.raises(TimeoutError):
            process._send(b"?", time.monotonic())


def test_what_waits_is_cancelled_and_what_runs_is_told_when_it_is_closed(logic: Clingo) -> None:
    futures = logic.submit([ENDLESS] * 8)
    futures[7].cancel()
    logic.close()
    done, waiting = wait(futures, timeout=60)
    assert not waiting and len(done) == 8
    for future in futures:
        with pytest.raises(CancelledError):
            future.result()
    assert logic.submit([SMALL])[0].cancelled()


def test_no_process_is_left(logic: Clingo) -> None:
    logic.submit([SMALL])[0].result(timeout=60)
    running = [process._running for process in logic._workers._processes]
    logic.close()
    for each in running:
        assert each is None or each.wait(timeout=60) != 0


def test_a_core_that_takes_too_long_is_all_facts() -> None:
    """With facts that may be left out, the rules have no end; that they contradict was known before."""
    reply = answered(deduce("n(0). n(X+1) :- n(X), not last(X). :- n(3).", "n/1", last=[5], odd=[1]))
    assert isinstance(reply, Deduced) and reply.outcome == "unsat"
    assert dict(reply.core) == {"last": (0,), "odd": (0,)} and reply.why


def test_a_process_opens_no_files_even_for_rules_that_were_not_read_first() -> None:
    import subprocess
    import sys

    script = (
        "import sys, clingo\nfrom lotterylang.world.logic.worker import confine\nconfine(1 << 30)\n"
        "try:\n open('/etc/passwd')\nexcept OSError as e: print('closed')\n"
        "c = clingo.Control(logger=lambda *_: None)\n"
        "try:\n c.add('base', [], '#include \"/etc/passwd\".')\nexcept RuntimeError: print('not read')\n"
    )
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={"PYTHONPATH": path}, timeout=60
    )
    assert done.stdout.split("\n")[:2] == ["closed", "not read"], done.stderr
