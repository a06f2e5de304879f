"""`fit`: whole elements, counted as the program's model counts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from lotterylang.check import check
from lotterylang.run.effects import ModelEffect, Reply
from lotterylang.run.fitting import fit, words_and_signs
from lotterylang.run.runner import Runner
from lotterylang.syntax.parser import source_of
from lotterylang.testing.puppet import Puppet

PROGRAM = """
model small = onnx("smollm2-135m-instruct")
let short = fit("one two", 3)
fn run(xs: list<text>) -> (text, list<text>) { (short, fit(xs, tokens = 7)) }
"""


class Letters:
    """A model whose tokens are letters; it is never asked."""

    name = identity = "letters"

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        raise AssertionError(effects)

    def count_tokens(self, text: str) -> int:
        return len(text)

    def close(self) -> None:
        pass


def test_tokens_are_those_of_the_first_model() -> None:
    runner = Runner(check(source_of("fit", PROGRAM)), lambda declaration: Letters())
    outcome = runner.run(runner.unit.codes["run"], (("one", "two", "three"),))
    assert outcome.value == ("one", ("one", "two"))
    assert outcome.asked == 0


def test_without_a_tokenizer_words_and_signs_count() -> None:
    runner = Runner(check(source_of("fit", PROGRAM)), lambda declaration: Puppet("small", ()))
    outcome = runner.run(runner.unit.codes["run"], (("one two, three", "four five", "six seven"),))
    assert outcome.value == ("one two", ("one two, three", "four five"))


@pytest.mark.parametrize("tokens", range(12))
def test_as_many_elements_as_have_room(tokens: int) -> None:
    items = ("a b", "c", "d e f", "g", "h i")
    counts = [words_and_signs("\n".join(items[:n])) for n in range(len(items) + 1)]
    assert fit(items, tokens, words_and_signs) == items[: max(n for n, count in enumerate(counts) if count <= tokens)]
