"""Watch: a thread that interrupts a search whose time is over.

Clingo's own way, to search in a thread of its own, costs more than most searches: a thread each. So one thread looks at
whatever is searched now, a few times a second, and sleeps while nothing is. Next door: `grounded.py` searches under it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import clingo

LOOKS_EVERY_S = 0.05
_IDLE_LOOKS = 20


class Watch:
    """Who looks at the clock for one process: one search at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._searched: tuple[clingo.Control, float] | None = None
        self._is_awake = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def until(self, control: clingo.Control, moment: float) -> Iterator[None]:
        """Interrupt what `control` searches inside, at a moment of `time.monotonic`, or up to 0.05 s later.

        An interrupt may come as a search ends, and then meets the next one: solve no more with a control that ran late.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()
        with self._lock:
            self._searched = (control, moment)
            self._is_awake.set()
        try:
            yield
        finally:
            with self._lock:
                self._searched = None

    def _look(self) -> None:
        idle = 0
        while self._is_awake.wait():
            time.sleep(LOOKS_EVERY_S)
            with self._lock:
                idle = idle + 1 if self._searched is None else 0
                if self._searched is not None and time.monotonic() >= self._searched[1]:
                    self._searched[0].interrupt()
                if idle > _IDLE_LOOKS:
                    self._is_awake.clear()


WATCH = Watch()
