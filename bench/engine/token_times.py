"""Token times: when each token of each row was taken, looked at from outside; the engine knows nothing of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lotterylang.run.effects import Asked, Reply
from lotterylang.world.model.decoding.row import Row


class TokenTimes:
    """Times of tokens by row, in seconds of `time.perf_counter`."""

    def __init__(self) -> None:
        self._rows: dict[Row, list[float]] = {}

    def note(self, row: Row) -> None:
        """Give the tokens that a row has taken since it was last looked at the present time."""
        times = self._rows.setdefault(row, [])
        times += [time.perf_counter()] * (len(row.taken) - len(times))

    def of(self, reply: Reply) -> list[float]:
        """Give the times of a reply's tokens. A row is told by its tokens; of equal ones the first is taken."""
        assert isinstance(reply, Asked), reply
        for row, times in self._rows.items():
            if tuple(taken.token for taken in row.taken) == reply.token_ids:
                del self._rows[row]
                return times
        raise AssertionError("no row took these tokens")


@contextmanager
def observed() -> Iterator[TokenTimes]:
    """Look on while rows take tokens."""
    times, take = TokenTimes(), Row.take

    def noted(row: Row, *given: Any, **named: Any) -> Any:
        result = take(row, *given, **named)
        times.note(row)
        return result

    Row.take = noted  # type: ignore[method-assign]
    try:
        yield times
    finally:
        Row.take = take  # type: ignore[method-assign]
