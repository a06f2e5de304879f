"""What a process has started, and what that has started, in whatever session it hides.

A process of a tool keeps its offspring: whoever loses its parent becomes its child (Linux only; elsewhere a session of
its own is a way out). So all can be found and ended. Next door: `working.py` keeps, `worker.py` ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

_SET_CHILD_SUBREAPER = 36
_PROCESSES = Path("/proc")
_ROUNDS = 100
"""What starts processes faster than they are ended is given up: its group is ended all the same."""


def keep() -> None:
    """Have all that this process starts stay below it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end(process: int) -> None:
    """End all that a process which keeps its offspring has started; itself it stays."""
    for _ in range(_ROUNDS):
        below = [*_below(process)]
        for each in below:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(each, signal.SIGKILL)
        if not below:
            return


def _below(process: int) -> Iterator[int]:
    """Yield the living processes below one."""
    children: dict[int, list[int]] = {}
    for place in _PROCESSES.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, parent, *_ = place.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if state not in "ZX":
                children.setdefault(int(parent), []).append(int(place.parent.name))
    waiting = [process]
    while waiting:
        found = children.get(waiting.pop(), [])
        yield from found
        waiting += found
