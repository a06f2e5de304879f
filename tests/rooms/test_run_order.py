"""What runs side by side asks in the order of its positions, however replies that are all there are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from lotterylang.check import check
from lotterylang.run.effects import Asked, ModelEffect, Reply
from lotterylang.run.runner import Runner
from lotterylang.syntax.parser import source_of

PROGRAM = """
model small = first()
fn word(q: text) -> text { (ASK small "${q} is @{word: text where len(word) <= 30, stop "."}").word }
fn run() -> list<text> { for i in 1..20 { word(word("${i}")) } }
"""


class Recording:
    """A model that answers at once, and keeps the paths of what it was asked."""

    identity = "recording"

    def __init__(self) -> None:
        self.paths: list[str] = []

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        self.paths += [effect.path for effect in effects]
        futures: list[Future[Reply]] = [Future() for _ in effects]
        for future, effect in zip(futures, effects, strict=True):
            future.set_result(Asked((("word", effect.path),)))
        return futures

    def close(self) -> None:
        pass


def test_the_second_questions_of_branches_come_in_the_order_of_the_branches() -> None:
    model = Recording()
    runner = Runner(check(source_of("order.lot", PROGRAM)), lambda declaration: model)
    outcome = runner.run(runner.unit.codes["run"])
    assert outcome.failure is None
    first, second = model.paths[:20], model.paths[20:]
    assert [path.split("/")[1] for path in first] == [path.split("/")[1] for path in second]
    assert len(set(model.paths)) == 40
