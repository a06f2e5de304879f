"""`within seconds`: the runner's clock ends what waits too long, and a replay does the same without one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict

from lotterylang.check import check
from lotterylang.run.budget import Budget, Clock
from lotterylang.run.deadlines import Deadlines
from lotterylang.run.effects import Ask, Asked, ModelEffect, Reply
from lotterylang.run.journal import Journal, replies_of
from lotterylang.run.runner import Runner, Settings
from lotterylang.syntax.parser import source_of

PROGRAM = """
model small = first()
fn ask(i: int) -> int { (ASK small "Part ${i}: @{n: int}").n }
fn plain() -> list<int> { within seconds 0 { for i in 1..3 { ask(i) } } }
fn caught() -> list<int> {
  for i in 1..2 {
    let found = try { within seconds 0, calls 5 { ask(i) } } catch Timeout as t { len(t.message) }
    found + ask(9)
  }
}
"""


class Silent:
    """A model that answers only the question about part 9."""

    name = identity = "silent"

    def __init__(self) -> None:
        self.futures: list[Future[Reply]] = []

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        for effect in effects:
            assert isinstance(effect, Ask)
            self.futures.append(Future())
            if "Part 9" in str(effect.prompt):
                self.futures[-1].set_result(Asked((("n", "1"),)))
        return self.futures[-len(effects) :]

    def close(self) -> None:
        pass


def test_what_waits_too_long_fails_and_is_withdrawn() -> None:
    model, journal = Silent(), Journal({})
    runner = Runner(check(source_of("time", PROGRAM)), lambda declaration: model)
    outcome = runner.run(runner.unit.codes["plain"], journal=journal)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.message) == ("Timeout", "no reply within 0 seconds")
    assert outcome.reproducible is False
    assert all(future.cancelled() for future in model.futures)


def test_a_time_out_can_be_caught_and_is_replayed_without_waiting() -> None:
    journal = Journal({})
    runner = Runner(check(source_of("time", PROGRAM)), lambda declaration: Silent())
    outcome = runner.run(runner.unit.codes["caught"], journal=journal)
    assert outcome.value == (26, 26)
    recorded = replies_of(asdict(record) for record in journal.records.values())
    model = Silent()
    again = Runner(check(source_of("time", PROGRAM)), lambda declaration: model, Settings(recorded=recorded))
    replayed = again.run(again.unit.codes["caught"])
    assert (replayed.value, replayed.hash, model.futures) == (outcome.value, outcome.hash, [])


def test_a_clock_runs_from_the_first_effect_of_its_block() -> None:
    now = 100.0
    deadlines, outer, inner = Deadlines(lambda: now), Clock(10), Clock(3)
    assert deadlines.left() is None
    deadlines.begin("a", (outer,))
    now = 104.0
    deadlines.begin("b", (outer, inner))
    assert (deadlines.left(), deadlines.passed("a"), deadlines.passed("b")) == (3.0, None, None)
    now = 107.0
    late = deadlines.passed("b")
    assert late is not None
    assert (late.kind, late.message, deadlines.passed("a")) == ("Timeout", "no reply within 3 seconds", None)
    deadlines.end("b")
    deadlines.begin("c", (outer, inner))  # the block's time is over: its next effect has none
    assert (deadlines.left(), deadlines.passed("c") is not None) == (0.0, True)


def test_branches_and_parts_keep_the_clocks_of_the_blocks_around_them() -> None:
    block = Budget({"seconds": 5}, Budget({"depth": 4}))
    assert [clock.seconds for clock in block.clocks] == [5]
    assert block.branch().clocks == block.share(3).clocks == Budget({"calls": 1}, block).clocks == block.clocks
