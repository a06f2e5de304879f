"""Workers: processes that derive, kept warm, and killed when one takes longer than it may.

Enters: a question as JSON data and its limit. Leaves: a future of the reply. Each process has a thread here that waits
for it. One process more than are at work stands ready, up to a limit, so that what runs away keeps nobody waiting.
Next door: `worker.py` is what runs in the process; `open.py` has the door.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotterylang.world.logic.worker import GRACE_S

MOST_PROCESSES = 4

START_S = 30.0
"""How long a process may take to import clingo on a busy machine; none of it is charged to a question."""

_MAIN = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from lotterylang.world.logic.worker import main
main(int(sys.argv[2]))
"""

_PASSED_ON = ("LD_LIBRARY_PATH", "PATH", "SYSTEMROOT")
"""Of the environment, what a Python needs to start; what else is in it is nobody's business there."""

Reply = dict[str, Any]


class Process:
    """One process. It answers a question at a time, and another process takes its place when it dies."""

    def __init__(self, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes
        self._is_ended = False
        self._lock = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None
        self._read = b""

    def start(self) -> None:
        """Start the process, if it is not running. Errors: EOFError, TimeoutError or OSError where it does not."""
        with self._lock:
            if self._is_ended:
                raise EOFError
            if self._running is not None and self._running.poll() is None:
                return
            self._read = b""
            path = json.dumps([str(Path(place).absolute()) for place in sys.path])
            self._running = subprocess.Popen(
                [sys.executable, "-I", "-c", _MAIN, path, str(self.memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            )
        try:
            self._line(time.monotonic() + START_S)
        except (TimeoutError, EOFError):
            self.kill()  # its late "ready" would be taken for a reply
            raise

    def ask(self, question: Reply, seconds: float) -> Reply:
        """Give the reply to a question: `unknown` where it took too long or too much, and then the process is new.

        A process may have ended while it had nothing to do; so the question is asked once more, in the time left. How
        long the other process takes to start is not charged.
        """
        try:
            self.start()
            until = time.monotonic() + seconds + GRACE_S
            line = json.dumps({**question, "seconds": seconds}).encode() + b"\n"
            try:
                return self._asked(line, until)
            except (EOFError, BrokenPipeError):
                self.kill()
                ended = time.monotonic()
                self.start()
                return self._asked(line, until + time.monotonic() - ended)
        except TimeoutError:
            self.kill()
            return {"outcome": "unknown", "why": f"there was no answer within {seconds:g} s"}
        except (EOFError, OSError):
            self.kill()
            return {"outcome": "unknown", "why": "the solver ended: it took too much memory, or failed"}

    def _asked(self, line: bytes, until: float) -> Reply:
        """Send a question; give the last reply that there is time for. Errors: TimeoutError, EOFError, OSError."""
        self._send(line, until)
        found: Reply | None = None
        while True:
            try:
                reply: Reply = json.loads(self._line(until))
            except (TimeoutError, EOFError):
                if found is None:
                    raise
                self.kill()
                return found
            if reply.pop("last", False):
                self.kill()
            if not reply.pop("more", False):
                is_empty = reply.get("outcome") == "unknown" and not reply.get("answers")
                return found if found is not None and is_empty else reply
            found = reply

    def kill(self) -> None:
        """End the process at once; the next question has another one."""
        with self._lock:
            running, self._running = self._running, None
        if running is not None:
            running.kill()
            running.wait()
            for pipe in (running.stdin, running.stdout):
                if pipe is not None:
                    pipe.close()

    def end(self) -> None:
        """End the process for good. Whoever waits for its reply is told that it ended."""
        with self._lock:
            self._is_ended = True
            if self._running is not None:
                self._running.kill()

    def _send(self, line: bytes, until: float) -> None:
        """Write a question. Errors: TimeoutError, BrokenPipeError."""
        pipe = self._pipe("stdin")
        os.set_blocking(pipe, False)
        left = memoryview(line)
        while left:
            seconds = until - time.monotonic()
            if seconds <= 0 or not select.select([], [pipe], [], seconds)[1]:
                raise TimeoutError
            left = left[os.write(pipe, left) :]

    def _line(self, until: float) -> bytes:
        """Read a line. Errors: TimeoutError, EOFError where the process ended."""
        pipe = self._pipe("stdout")
        parts = [self._read]
        while b"\n" not in parts[-1]:
            if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TimeoutError
            parts.append(os.read(pipe, 1 << 20))
            if not parts[-1]:
                raise EOFError
        line, _, self._read = b"".join(parts).partition(b"\n")
        return line

    def _pipe(self, name: str) -> int:
        pipe = getattr(self._running, name, None)
        if pipe is None:
            raise EOFError
        number: int = pipe.fileno()
        return number


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    question: Reply
    seconds: float
    read: Callable[[Reply], Any]
    future: Future[Any]


class Workers:
    """Who answers questions, several at a time."""

    def __init__(self, memory_bytes: int, most: int = MOST_PROCESSES) -> None:
        self.memory_bytes = memory_bytes
        self.most = most
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._idle: set[Process] = set()
        self._processes: list[Process] = []
        self._is_closed = False

    def submit(self, question: Reply, seconds: float, read: Callable[[Reply], Any]) -> Future[Any]:
        """Have a question answered within a time, counted from when a process takes it up; return at once.

        `read` makes what the future has out of the reply.
        """
        future: Future[Any] = Future()
        with self._changed:
            if self._is_closed:
                _cancel(future)
                return future
            self._waiting.append(_Waiting(question, seconds, read, future))
            self._changed.notify()
            self._make_ready()
        return future

    def close(self) -> None:
        """End all processes. What is not answered yet is cancelled."""
        with self._changed:
            self._is_closed = True
            waiting = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        for each in waiting:
            _cancel(each.future)
        for process in self._processes:
            process.end()

    def _make_ready(self) -> None:
        """Start one process more than are needed now."""
        while len(self._idle) <= len(self._waiting) and len(self._processes) < self.most:
            process = Process(self.memory_bytes)
            self._processes.append(process)
            self._idle.add(process)
            threading.Thread(target=self._serve, args=(process,), daemon=True).start()

    def _serve(self, process: Process) -> None:
        while True:
            with suppress(EOFError, TimeoutError, OSError):  # the next question says so
                process.start()
            taken = self._taken(process)
            if taken is None:
                process.kill()
                return
            try:
                data = process.ask(taken.question, taken.seconds)
                if "defect" in data:
                    raise RuntimeError(data["defect"])
                reply = taken.read(data)
            except BaseException as defect:  # of ours; whoever waits is told
                taken.future.set_exception(defect)
            else:
                taken.future.set_exception(CancelledError()) if self._is_closed else taken.future.set_result(reply)

    def _taken(self, process: Process) -> _Waiting | None:
        with self._changed:
            self._idle.add(process)
            while True:
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return None
                taken = self._waiting.popleft()
                if taken.future.set_running_or_notify_cancel():
                    break
            self._idle.discard(process)
            self._make_ready()
            return taken


def _cancel(future: Future[Any]) -> None:
    """Cancel a future that waits, and tell whoever waits for it."""
    if future.cancel():
        future.set_running_or_notify_cancel()
