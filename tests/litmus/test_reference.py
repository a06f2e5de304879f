"""The litmus programs on the machine, on the reference evaluator, and in a replay of the journal.

All three give the same answer or failure, the same memory, and the same hash. What is refused before the run, or has no
replies, is in `test_litmus.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from lotterylang.check import check
from lotterylang.check.program import Program
from lotterylang.run.convert import canonical
from lotterylang.run.effects import Ask, Asked, Effect, Failed, ModelEffect, Reply
from lotterylang.run.journal import Journal, replies_of
from lotterylang.run.lower.places import EMPTIED
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import parser
from lotterylang.testing.reference import Evaluator

HERE = Path(__file__).parent
Answer = Callable[[Effect], Reply]


class Answers:
    """A model that answers by a function of the question, the last question of each batch first."""

    name = identity = "answers"

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = [Future() for _ in effects]
        for future, effect in reversed(list(zip(futures, effects, strict=True))):
            future.set_result(self.answer(effect))
        return futures

    def close(self) -> None:
        pass


def nobody(effect: Effect) -> Reply:
    raise AssertionError(f"asked {effect.path}")


def text(effect: Effect) -> str:
    assert isinstance(effect, Ask)
    return str(effect.prompt.turns[0].parts[0])


def number(n: int) -> Asked:
    return Asked((("n", str(n)),), (n,))


def numbered(effect: Effect) -> Reply:
    return number(int(text(effect).split("Number ")[1].split()[0].rstrip(":")))


def by_seed(effect: Effect) -> Reply:
    assert isinstance(effect, Ask)
    return number(effect.sampling.seed % 10)


def slow(effect: Effect) -> Reply:
    return number(1) if "First" in text(effect) else Failed("Timeout", "no reply within 5 s")


def guess(effect: Effect) -> Reply:
    return number({"Guess. ": 3, "Guess. Not 3. ": 7, "Guess. Not 7. ": 9}.get(text(effect), 0))


def part(effect: Effect) -> Reply:
    return number(1) if "Part 1" in text(effect) else number(9)


def nine(effect: Effect) -> Reply:
    return number(9) if "nine" in text(effect) else number(2)


RUNS: list[tuple[str, str, tuple[Value, ...], Answer, str | None]] = [
    ("01_conflict", "run", (("ann", "bob"),), nobody, "Conflict"),
    ("01_conflict", "run", (("ann", "ann"),), nobody, None),
    ("01_whole", "run", (("ann", "bob"),), nobody, "Conflict"),
    ("01_whole", "run", (("ann", "bob!"),), nobody, "Conflict"),
    ("01_whole", "run", (("bob!", "ann"),), nobody, "Conflict"),
    ("01_whole", "run", (("ann", "ann"),), nobody, None),
    ("01_whole", "run", (("ann!", "bob!"),), nobody, None),
    ("02_isolated", "run", (), nobody, None),
    ("03_in_order", "run", (), nobody, None),
    ("04_any", "run", (), numbered, None),
    ("05_five_seeds", "run", (), by_seed, None),
    ("06_one_question", "run", (), lambda effect: number(5), None),
    ("07_timeout", "run", (), slow, "Timeout"),
    ("08_retry", "run", (3,), guess, None),
    ("08_retry", "run", (2,), guess, "Rejected"),
    ("08_retry", "run", (3,), lambda effect: Failed("Truncated", "cut"), "Truncated"),
    ("09_budget", "run", (3, 3), numbered, None),
    ("09_budget", "run", (2, 3), numbered, "BudgetSpent"),
    ("09_shares", "run", ((2, 1, 0, 2), 5), numbered, None),
    ("09_shares", "run", ((2, 1, 0, 2), 6), numbered, "BudgetSpent"),
    ("09_shares", "run", ((3, 0, 0, 0), 0), numbered, "BudgetSpent"),
    ("09_shares", "levels", (2,), nobody, None),
    ("09_shares", "levels", (4,), nobody, "BudgetSpent"),
    ("09_shares", "again", (4,), nobody, "BudgetSpent"),
    ("10_moved", "run", (1, 2), nobody, "Empty"),
    ("10_moved", "run", (0, 1), nobody, None),
    ("11_jump_loop", "run", (5,), nobody, None),
    ("12_cause_chain", "run", (), part, "Rejected"),
    ("12_through", "run", (), lambda effect: number(9), "Rejected"),
    ("12_solver", "run", (), nine, "Rejected"),
    ("12_solver", "run", (), lambda effect: number(2), None),
]


def told(value: Value, failure: Failure | None, memory: dict[str, Any], hash: str) -> tuple[Any, ...]:
    why = (failure.kind, failure.message, failure.path) if failure is not None else None
    return canonical(value), why, {name: canonical(cells) for name, cells in memory.items()}, hash


def of_machine(outcome: Outcome) -> tuple[Any, ...]:
    stores = outcome.memory.items()
    memory = {name: {k: entry[0] for k, entry in cells.items() if entry is not EMPTIED} for name, cells in stores}
    return told(outcome.value, outcome.failure, memory, outcome.hash)


def of_machine_and_replay(
    program: Program, function: str, args: tuple[Value, ...], answer: Answer
) -> list[tuple[Any, ...]]:
    found = []
    recorded = None
    for asked in (answer, nobody):
        file = StringIO()
        runner = Runner(program, lambda declaration, asked=asked: Answers(asked), Settings(recorded=recorded))
        found.append(of_machine(runner.run(runner.unit.codes[function], args, journal=Journal({}, file))))
        lines = [json.loads(line) for line in file.getvalue().splitlines()]
        recorded = replies_of(line for line in lines if "path" in line)
    return found


@pytest.mark.parametrize(("name", "function", "args", "answer", "failure"), RUNS)
def test_machine_reference_and_replay_agree(
    name: str, function: str, args: tuple[Value, ...], answer: Answer, failure: str | None
) -> None:
    program = check(parser.read(HERE / f"{name}.lot"))
    by_machine, by_replay = of_machine_and_replay(program, function, args, answer)
    ended = Evaluator(program, lambda path, effect: answer(effect)).run(function, args)
    assert (ended.failure and ended.failure.kind) == failure
    assert told(ended.value, ended.failure, dict(ended.memory), ended.hash) == by_machine
    assert by_replay == by_machine


def test_all_litmus_programs_that_run_are_here() -> None:
    files = {path.stem for path in HERE.glob("*.lot") if not path.stem.endswith("_refused")}
    assert files == {name for name, *_ in RUNS}
