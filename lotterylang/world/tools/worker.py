"""Worker processes: where a tool runs that might never end. One that is late is killed, with all that it started.

Enters: a tool's source, its leave, its arguments. Leaves: what it gave, as data. A process is kept for the next call;
what a tool prints goes nowhere, and its environment holds no secrets of the host. Next door: `working.py` runs in the
process, `door.py` has the workers.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock
from typing import Any

from lotterylang.world.tools import offspring
from lotterylang.world.tools.refusal import Refused

KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TMPDIR")
"""What a process started here knows of the host's environment: keys and passwords often lie in the rest."""

MOST_BYTES = 8_000_000
"""The longest reply that is read."""

START_S = 30.0
"""How long a process may take to start on a busy machine, or code to be loaded; none of it is charged to a call."""

_START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from lotterylang.world.tools import working
working.work()
"""


def environment() -> dict[str, str]:
    """Give the environment of a process that a tool starts."""
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}


def _packages() -> list[str]:
    """List where packages lie. Not the folder one stands in: what a tool writes there must not become code."""
    return [place for place in sys.path if Path(place).is_absolute()]


class Worker:
    """One process, for one call at a time."""

    def __init__(self, folder: Path) -> None:
        self._lock = Lock()
        self._killed = False
        self._is_ready = False
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, json.dumps(_packages())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment(),
            start_new_session=True,
        )

    @property
    def lives(self) -> bool:
        """Tell whether it can be asked again."""
        return not self._killed and self._process.poll() is None

    def ready(self) -> float:
        """Wait until the process has started. Leaves: how long that took, in seconds.

        Errors: Refused ToolFailed where it does not start, which passes.
        """
        began = time.monotonic()
        if not self._is_ready:
            try:
                self._line(began + START_S)
            except (OSError, ValueError, Refused):
                self.kill()
                told = f"no process for the tool started within {START_S:g} s"
                raise Refused("ToolFailed", told, passing=True) from None
            self._is_ready = True
        return time.monotonic() - began

    def ask(self, request: dict[str, Any], until: float) -> dict[str, Any]:
        """Send a request, and wait for its reply until a time of `time.monotonic`.

        Errors: Refused Timeout where it is late, and the process is killed; ToolFailed where it ended, which passes.
        """
        line = json.dumps(request).encode() + b"\n"
        try:
            self._send(line, until)
            found: dict[str, Any] = json.loads(self._line(until))
            return found
        except (OSError, ValueError):
            self.kill()
            raise Refused("ToolFailed", "the tool ended its process before it answered", passing=True) from None
        except Refused:
            self.kill()
            raise

    def kill(self) -> None:
        """End the process and all that it started. Enters from any thread, any number of times."""
        with self._lock:
            if self._killed:
                return
            self._killed = True
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self._process.poll() is None:
                    os.kill(self._process.pid, signal.SIGSTOP)  # it starts nothing more
                    offspring.end(self._process.pid)
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def close(self) -> None:
        """End the process and release its pipes; nobody may be waiting for it."""
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None  # both were asked for
                pipe.close()

    def _send(self, line: bytes, until: float) -> None:
        pipe = self._process.stdin
        assert pipe is not None  # it was asked for
        os.set_blocking(pipe.fileno(), False)
        while line:
            _, ready, _ = select.select([], [pipe], [], _left(until))
            if ready:
                line = line[os.write(pipe.fileno(), line) :]

    def _line(self, until: float) -> bytes:
        pipe = self._process.stdout
        assert pipe is not None  # it was asked for
        found = bytearray()
        while not found.endswith(b"\n"):
            ready, _, _ = select.select([pipe], [], [], _left(until))
            if ready:
                part = os.read(pipe.fileno(), 65536)
                if not part:
                    raise OSError
                found += part
            if len(found) > MOST_BYTES:
                raise Refused("ToolFailed", f"it gave more than {MOST_BYTES:,} bytes")
        return bytes(found)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Refused("Timeout", "it took too long, and was ended")
    return left
