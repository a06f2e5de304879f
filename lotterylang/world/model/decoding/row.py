"""Decoding: a row, which fills one hole: log-probabilities of its next token in, the token it takes out.

Next door: `filling.py` makes rows and reads the replies; `batch.py` decodes them side by side.
"""

from __future__ import annotations

import contextlib
import copy
from typing import Literal

from lotterylang.world.model.arrays import Floats
from lotterylang.world.model.constraint.constraint import Constraint
from lotterylang.world.model.constraint.matcher import Matcher
from lotterylang.world.model.decoding.sampling import Sampler, Taken
from lotterylang.world.model.network.interface import LONGEST_HEAD, Memory
from lotterylang.world.model.prefix.cache import Read
from lotterylang.world.model.tokenizer import Tokens

SHORTEST_RUN = 6
"""Tokens that must come next from which on they are read in one pass. With fewer a full batch is slower by it."""

Outcome = Literal["complete", "cut", "impossible"]


class Row:
    """One hole being filled: what is read, what may come, and what came. `limit` is in tokens."""

    def __init__(
        self, read: Read, constraint: Constraint, matcher: Matcher, sampler: Sampler, limit: int, tokens: Tokens
    ) -> None:
        self.read = read
        self.taken: list[Taken] = []
        self.outcome: Outcome | None = None
        self.defect: Exception | None = None
        self.tail: Memory | None = None  # what it remembers beyond its prompt, while it stands in no slot
        self._constraint = constraint
        self._matcher = matcher
        self._sampler = sampler
        self._limit = limit
        self._tokens = tokens
        self._raw = b""

    @property
    def length(self) -> int:
        """Count the positions of its memory: what was read, and the tokens taken so far but the last."""
        return len(self.read.ids) + max(0, len(self.taken) - 1)

    @property
    def longest(self) -> int:
        """Count the positions that it may come to have."""
        return len(self.read.ids) + self._limit

    @property
    def reply(self) -> str:
        """Give the reply so far; a character whose bytes are not all there is left out."""
        return self._raw.decode("utf-8", errors="ignore")

    def copied(self) -> Row:
        """Give a row that goes on from here as this one does, whatever becomes of this one."""
        found = copy.copy(self)
        found.read, found.taken = self.read.again(), list(self.taken)
        found._matcher, found._sampler = self._matcher.copied(), self._sampler.copied()
        return found

    def prepare(self) -> None:
        """Work out what may come next before it is asked, in any thread. What goes wrong is met again in `take`."""
        with contextlib.suppress(Exception):
            self._matcher.prepare()

    def run(self, vocabulary: int, ends: tuple[int, ...]) -> list[int]:
        """List the tokens that must come next where they are some: the grammar allows no others.

        It depends on nothing but the row, so it is the same in whatever company.
        """
        if len(self._matcher.forced()) < SHORTEST_RUN:
            return []
        ahead, found = self._matcher.copied(), list[int]()
        most = min(self._limit - len(self.taken), LONGEST_HEAD) - 1
        while len(found) < most and not ahead.is_stopped:
            legal = ahead.legal(vocabulary)
            if legal.count != 1 or legal.token(0) in ends:
                break
            found.append(legal.token(0))
            ahead.consume(found[-1])
        return found if len(found) >= SHORTEST_RUN else []

    def take(self, log_probs: Floats, ends: tuple[int, ...]) -> None:
        """Take the next token, or find that the reply is finished. Shapes: log_probs (vocabulary)."""
        legal = self._matcher.legal(len(log_probs))
        if not legal.count:
            self.outcome = "impossible"
            return
        taken = self._sampler.take(log_probs, legal)
        self.taken.append(taken)
        if taken.token in ends:
            self.outcome = "complete"
            return
        self._matcher.consume(taken.token)
        self._raw += self._tokens.raw(taken.token)
        if self._is_finished():
            self.outcome = "complete"
        elif len(self.taken) >= self._limit:
            self.outcome = "cut"

    def _is_finished(self) -> bool:
        """Tell whether what must come next, if anything, closes the reply; what must come is then part of it."""
        if self._matcher.is_stopped:
            return True
        forced = self._matcher.forced()
        if forced and (
            self._constraint.closed((self._raw + forced).decode("utf-8", errors="ignore"))
            or self._matcher.closes(forced)
        ):
            self._raw += forced
            return True
        return self._constraint.closed(self.reply)
