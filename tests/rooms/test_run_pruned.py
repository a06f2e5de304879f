"""Only where a program looks at nothing but the best of many options may the others be left out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from lotterylang.check import check
from lotterylang.run import journal
from lotterylang.run.effects import Choose, Chosen, ModelEffect, Reply
from lotterylang.run.replies import MANY_OPTIONS
from lotterylang.run.runner import Runner
from lotterylang.syntax.parser import source_of


class Choosing:
    """A model for which later options are likelier, which leaves out what it may."""

    identity = "choosing"

    def __init__(self) -> None:
        self.asked: list[Choose] = []

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = [Future() for _ in effects]
        for effect, future in zip(effects, futures, strict=True):
            assert isinstance(effect, Choose)
            self.asked.append(effect)
            count = len(effect.options)
            bounds = tuple(range(count - 2)) if effect.only_best else ()
            future.set_result(Chosen(tuple(float(place - count) for place in range(count)), bounds=bounds))
        return futures

    def close(self) -> None:
        pass


def ran(body: str, kind: str = "number", count: int = MANY_OPTIONS + 1) -> tuple[object, Choose]:
    """Run a function; give what it returned and what was asked."""
    program = f"model small = first()\nfn run() -> {kind} {{ let xs = for i in 1..{count} {{ i }}\n {body} }}\n"
    model = Choosing()
    runner = Runner(check(source_of("pruned.lot", program)), lambda declaration: model)
    outcome = runner.run(runner.unit.codes["run"])
    assert outcome.failure is None, outcome.failure
    return outcome.value, model.asked[0]


@pytest.mark.parametrize(
    ("body", "count", "found", "only_best"),
    [
        ('(CHOOSE small "x" from xs).value', 65, 65, True),
        ('(CHOOSE small "x" from xs).margin', 65, 1, True),
        ('(CHOOSE small "x" from xs).value', 64, 64, False),
        ('let c = CHOOSE small "x" from xs\n c.value', 65, 65, False),
        ('let (best, _) = (CHOOSE small "x" from xs).scores[0]\n best', 65, 65, False),
        ('(CHOOSE small(score = "mean") "x" from xs).value', 65, 65, False),
        ('let q = "1"\n (CHOOSE small "x ${q}" from xs against q in ["0"]).value', 65, 65, False),
        ('let q = "1"\n (CHOOSE small(score = "lift") "x ${q}" from xs).value', 65, 65, False),
    ],
)
def test_the_rest_is_left_out_where_nobody_sees_it(body: str, count: int, found: object, only_best: bool) -> None:
    value, asked = ran(body, count=count)
    assert value == found
    assert asked.only_best == only_best


def test_the_probability_is_that_of_all_scores() -> None:
    value, asked = ran('(CHOOSE small "x" from xs).probability')
    assert not asked.only_best
    assert 0 < value < 1  # type: ignore[operator]


def test_what_is_left_out_is_in_the_journal_and_nothing_else_is_new() -> None:
    _, pruned = ran('(CHOOSE small "x" from xs).value')
    _, whole = ran('let c = CHOOSE small "x" from xs\n c.value')
    assert journal.described(pruned) == journal.described(whole) | {"only_best": True}
    record = journal.record_of(pruned, Chosen((-1.0, -2.0, -9.0), bounds=(2,)))
    assert record.reply == {"kind": "chosen", "scores": [-1.0, -2.0, -9.0], "bounds": [2]}
    assert journal.record_of(whole, Chosen((-1.0, -2.0))).reply == {"kind": "chosen", "scores": [-1.0, -2.0]}
    read = {"path": "p", "arguments": "a", "reply": record.reply, "observed": {}}
    assert journal.replies_of([read])["p"][1] == Chosen((-1.0, -2.0, -9.0), bounds=(2,))
    assert repr(pruned) == repr(whole)  # dice see no difference
