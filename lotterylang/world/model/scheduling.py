"""Scheduling: questions in, each answered bit by bit beside the others; nobody waits long for anybody.

A question is a generator. It is sent how many positions it may compute, and yields how many it did, or a row that is to
be decoded until it has an outcome; it returns the reply. A turn of the crank is one slice of what questions compute and
one step of all rows. Askers take turns in slices and in places of the batch. One thread calls all this. Next door:
`engine.py` turns the crank; `decoding/batch.py`, `queues.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass

from lotterylang.run.effects import Reply
from lotterylang.world.model.decoding.batch import Batch
from lotterylang.world.model.decoding.row import Row
from lotterylang.world.model.network.interface import LONGEST_PASS, Network
from lotterylang.world.model.prefix.tree import PrefixTree
from lotterylang.world.model.queues import Queues

Steps = Generator[Row | int, int, Reply]

SLICE = 64
"""Positions that questions compute between two steps of the rows: what a row waits for its next token."""

LONG_SLICE = LONGEST_PASS
"""The same while no row is there that waits."""

BEGINNING = 4
"""Positions that an advance costs at least: there is text to be encoded and a grammar to be made."""

LEAST_SLICE = 16
"""Positions below which a slice is not worth its pass."""

SPELL = 32
"""Tokens that a row takes before it makes way for another asker's."""


@dataclass(slots=True, eq=False)
class Question:
    """A question being answered. `settle` is called once, with the reply or with the defect that prevents it."""

    asker: Hashable
    is_decoded: bool
    steps: Steps
    settle: Callable[[Reply | Exception], None]
    is_begun: bool = False
    row: Row | None = None
    joined_at: int = 0
    has_waited: bool = False

    @property
    def queue(self) -> Hashable:
        """Name its queue: what needs no place in the batch does not wait behind what does."""
        return (self.asker, self.is_decoded)


class Schedule:
    """All questions of an engine that are not answered yet."""

    def __init__(self, network: Network, tree: PrefixTree) -> None:
        self._batch = Batch(network, tree)
        self._computing: Queues[Question] = Queues()
        self._ready: Queues[Question] = Queues()
        self._decoding: dict[Row, Question] = {}
        self.waits = 0
        self.preemptions = 0

    @property
    def is_idle(self) -> bool:
        """Tell whether there is nothing to do."""
        return not (self._decoding or self._ready or self._computing)

    @property
    def most_rows(self) -> int:
        """Tell how many rows were decoded side by side at most."""
        return self._batch.most_rows

    def close(self) -> None:
        """Let the batch end: nothing is answered afterwards."""
        self._batch.close()

    def enter(self, question: Question) -> None:
        """Take a question."""
        self._computing.add(question.queue, question)

    def withdraw(self, question: Question) -> None:
        """Let a question go that nobody waits for any more, wherever it is."""
        self._computing.remove(question.queue, question)
        self._ready.remove(question.asker, question)
        if question.row is not None and self._decoding.pop(question.row, None) is not None:
            self._batch.leave(question.row)
        question.row = None
        question.steps.close()

    def turn(self) -> None:
        """Do a little for everybody."""
        left = SLICE if self._decoding else LONG_SLICE
        while left >= LEAST_SLICE and (question := self._next()) is not None:
            self._computing.pass_on(question.queue)
            left -= BEGINNING + self._advance(question, left)
        self._place()
        self._step()

    def _next(self) -> Question | None:
        return next((question for question in self._computing.firsts() if self._may_compute(question)), None)

    def _may_compute(self, question: Question) -> bool:
        """Tell whether to go on with a question: not where its row would only wait; but one of each asker's may."""
        if not question.is_decoded or question.row is not None or not self._ready.holds(question.asker):
            return True
        if self._batch.places() > len(self._ready):
            return True
        self._note_wait(question)
        return False

    def _note_wait(self, question: Question) -> None:
        self.waits += not question.has_waited
        question.has_waited = True

    def _advance(self, question: Question, most: int) -> int:
        """Let a question compute; give how many positions it did."""
        try:
            found = question.steps.send(most) if question.is_begun else next(question.steps)
            question.is_begun = True
            if isinstance(found, int):
                return found
            question.row = found
            if self._batch.begin(found):
                self._computing.remove(question.queue, question)
                self._ready.add(question.asker, question)
        except StopIteration as finished:
            self._settle(question, finished.value)
        except Exception as defect:  # it must reach who waits, and nobody else
            self._settle(question, defect)
        return 0

    def _settle(self, question: Question, answer: Reply | Exception) -> None:
        self.withdraw(question)
        question.settle(answer)

    def _place(self) -> None:
        """Give places in the batch: whose asker holds the fewest is next."""
        while self._ready:
            held = Counter(question.asker for question in self._decoding.values())
            question = min(self._ready.firsts(), key=lambda one: held[one.asker])
            row = question.row
            assert row is not None
            if not self._batch.fits(row) and not self._makes_way(question, row, held):
                return self._note_wait(question)
            self._ready.remove(question.asker, question)
            self._ready.pass_on(question.asker)
            self._join(question, row)

    def _join(self, question: Question, row: Row) -> None:
        try:
            self._batch.join(row)
        except Exception as defect:
            self._settle(question, defect)
            return
        question.joined_at = len(row.taken)
        self._decoding[row] = question

    def _makes_way(self, question: Question, row: Row, held: Counter[Hashable]) -> bool:
        """Pause a row of the asker who holds most places, if that is fairer; it has run longest of that asker's."""
        largest = max(held, key=held.__getitem__)
        if held[largest] <= held[question.asker] + 1:
            return False
        ran = {other: _ran(other) for other in self._decoding.values() if other.asker == largest}
        longest = max(ran, key=ran.__getitem__)
        if ran[longest] < SPELL or not self._batch.fits(row, instead=longest.row):
            return False
        self._pause(longest)
        return True

    def _pause(self, question: Question) -> None:
        assert question.row is not None
        self.preemptions += 1
        del self._decoding[question.row]
        self._batch.pause(question.row)
        self._ready.add(question.asker, question)

    def _step(self) -> None:
        """Take a token in every row."""
        while self._batch.is_crowded():
            self._pause(list(self._decoding.values())[-1])
        if not self._decoding:
            return
        try:
            finished = self._batch.step()
        except Exception as defect:  # of the network: it concerns all rows
            for question in list(self._decoding.values()):
                self._settle(question, defect)
            return
        for row in finished:
            question = self._decoding.pop(row)
            if row.defect is not None:
                self._settle(question, row.defect)
            else:
                self._computing.add(question.queue, question, is_first=True)


def _ran(question: Question) -> int:
    """Count the tokens that a question's row has taken since it joined."""
    return len(question.row.taken) - question.joined_at if question.row is not None else 0
