"""How long effects may wait: the only clock of a run, on the runner's side.

A block of `within seconds n` has n seconds from its first effect on. What waits in it when they are over is answered by
the time-out, a reply like any other: recorded, and fed back on replay. Next door: `runner.py` waits.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from lotterylang.run.budget import Clock
from lotterylang.run.effects import Failed


class Deadlines:
    """When each waiting effect must have its reply. Units: seconds."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._ends: dict[Clock, float] = {}
        self._waiting: dict[str, tuple[float, Clock]] = {}

    def begin(self, path: str, clocks: tuple[Clock, ...]) -> None:
        """Begin to wait for the effect at a path, and start the clocks that do not run yet."""
        if clocks:
            now = self._now()
            ends = [(self._ends.setdefault(clock, now + clock.seconds), clock) for clock in clocks]
            self._waiting[path] = min(ends, key=lambda end: end[0])

    def end(self, path: str) -> None:
        """Wait for an effect no more."""
        self._waiting.pop(path, None)

    def left(self) -> float | None:
        """Say how long may be waited for the next reply; None: for ever."""
        if not self._waiting:
            return None
        return max(min(end for end, _ in self._waiting.values()) - self._now(), 0.0)

    def passed(self, path: str) -> Failed | None:
        """Give the time-out of an effect whose time is over."""
        end, clock = self._waiting.get(path, (None, None))
        if end is None or clock is None or self._now() < end:
            return None
        return Failed("Timeout", f"no reply within {clock.seconds} {'second' if clock.seconds == 1 else 'seconds'}")
