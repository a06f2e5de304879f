"""Solvers mean the functions that `lot expand` prints: same answer, same memory, same hash."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from command import lot
from lotterylang.check import check
from lotterylang.check.program import Program
from lotterylang.run.convert import canonical
from lotterylang.run.effects import Ask, Asked, Choose, Chosen, ModelEffect, Reply
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.shell import expand
from lotterylang.syntax.parser import read, source_of
from lotterylang.testing.examples import run_examples

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "tests" / "spec" / "docs" / "solver.lot"
QUESTIONS = ("capital of Italy", "capital of Italy and sum of 2 and capital of France", "who and who")


class Hashing:
    """A model whose replies are a hash of the question, so that both programs must ask the same to end the same."""

    name = identity = "hashing"

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = []
        for effect in effects:
            future: Future[Reply] = Future()
            future.set_result(_reply(effect))
            futures.append(future)
        return futures

    def close(self) -> None:
        pass


def _reply(effect: ModelEffect) -> Reply:
    number = sum(map(ord, str(effect.prompt)))
    if isinstance(effect, Choose):
        return Chosen(tuple(-float((number * (i + 3)) % 7) for i in range(len(effect.options))))
    assert isinstance(effect, Ask)
    return Asked(tuple((hole.name, f"r{number % 97}") for hole in effect.prompt.holes))


def _run(program: Program, question: str, seed: int) -> Outcome:
    runner = Runner(program, lambda declaration: Hashing(), Settings(seed=seed))
    args = runner.arguments("answer", {"question": question})
    return runner.run(runner.unit.codes["answer"], args)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_solver_and_its_functions_behave_the_same(question: str) -> None:
    written = check(read(PAGE))
    plain = check(source_of("plain.lot", expand.text(written, None)))
    a, b = _run(written, question, 1), _run(plain, question, 1)
    assert str(a.failure) == str(b.failure)
    assert canonical(a.value) == canonical(b.value)
    held = [{key: entry[0] for key, entry in outcome.memory["solved"].items()} for outcome in (a, b)]
    assert held[0] == held[1]
    assert (a.hash, a.spent["calls"]) == (b.hash, b.spent["calls"])
    assert a.spent["calls"] > 0


@pytest.mark.parametrize("text", (ROOT / "tests/spec/docs/requests.lot").read_text("utf-8").split("\n---\n"))
def test_requests_mean_functions_that_pass_the_same_examples(text: str) -> None:
    plain = expand.text(check(source_of("requests.lot", text)), None)
    assert "requests" not in plain.split("example")[0]
    assert [verdict.problem for verdict in run_examples(check(source_of("plain.lot", plain)))].count(None) >= 2


def test_expand_prints_the_functions_of_one_solver() -> None:
    printed = lot("expand", f"{PAGE}:answer")
    assert printed.status == 0
    heads = [line.split("(")[0] for line in printed.out.split("\n") if line.startswith("fn ")]
    assert heads == ["fn answer_combined", "fn answer_trial", "fn answer_part", "fn answer"]
    assert "solver" not in printed.out
    assert lot("expand", f"{PAGE}:think").status == 2


def test_what_no_answer_passed_is_printed_as_not_verified() -> None:
    printed = lot("run", str(ROOT / "tests" / "litmus" / "12_solver.lot"), "--model", "first")
    assert printed.status in (0, 1)
    text = "solver s(question: text) -> text {\n  direct question\n  verify false\n}\n"
    program = check(source_of("s.lot", text))
    failure = (
        Runner(program, lambda declaration: Hashing())
        .run(Runner(program, lambda declaration: Hashing()).unit.codes["s"], ("a guess",))
        .failure
    )
    assert failure is not None
    assert (failure.kind, failure.best) == ("Rejected", "a guess")


def test_names_that_are_taken_are_left_alone() -> None:
    text = 'fn s_trial() -> int { 1 }\nlet found = 2\nsolver s(known: text) -> text {\n  direct "${known}${found}"\n}\n'
    assert "fn s_trial_2(" in expand.text(check(source_of("s.lot", text)), "s")
