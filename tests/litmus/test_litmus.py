"""The litmus programs of `docs/spec/semantics.md` that the language can say by now: answer, memory and journal of each.

All twelve are here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.run.effects import Ask, Asked, Failed, FailureKind, ModelEffect, Reply
from lotterylang.run.journal import Journal, read, replies_of
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.run.values import Value
from lotterylang.shell.screen import failure_text
from lotterylang.syntax import parser
from lotterylang.syntax.diagnostics import LotError

HERE = Path(__file__).parent


class Answers:
    """A model that answers by a function, the last question of each batch first."""

    name = identity = "answers"

    def __init__(self, answer: Callable[[Ask], Reply]) -> None:
        self.answer = answer
        self.asked: list[ModelEffect] = []

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        self.asked += effects
        futures: list[Future[Reply]] = [Future() for _ in effects]

        def fill() -> None:
            for future, effect in reversed(list(zip(futures, effects, strict=True))):
                assert isinstance(effect, Ask)
                future.set_result(self.answer(effect))

        threading.Thread(target=fill).start()
        return futures

    def close(self) -> None:
        pass


def number(n: int) -> Asked:
    return Asked((("n", str(n)),), (n,))


def nobody(effect: Ask) -> Reply:
    raise AssertionError(f"asked {effect.path}")


def run(
    name: str,
    answer: Callable[[Ask], Reply] = nobody,
    *args: Value,
    settings: Settings | None = None,
    function: str = "run",
) -> tuple[Outcome, Answers, Journal]:
    model = Answers(answer)
    runner = Runner(check(parser.read(HERE / f"{name}.lot")), lambda declaration: model, settings)
    journal = Journal({})
    return runner.run(runner.unit.codes[function], args, journal=journal), model, journal


def held(outcome: Outcome, store: str) -> dict[Value, Value]:
    return {key: entry[0] for key, entry in outcome.memory[store].items()}


def test_1_siblings_that_write_different_values_conflict() -> None:
    outcome, _, _ = run("01_conflict", nobody, ("ann", "bob"))
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.message) == (
        "Conflict",
        "`last` is given different values by run/divide[0] and run/divide[1]",
    )
    again, _, _ = run("01_conflict", nobody, ("ann", "ann"))
    assert (again.value, held(again, "last")) == (("ann", "ann"), {None: "ann"})


def test_1_siblings_that_replace_a_store_agree_on_all_of_it() -> None:
    outcome, _, _ = run("01_whole", nobody, ("ann", "bob!"))
    assert outcome.failure is not None
    message = '`ages["bob!"]` is given different values by run/divide[0]/try and run/divide[1]'
    assert (outcome.failure.kind, outcome.failure.message) == ("Conflict", message)
    again, _, _ = run("01_whole", nobody, ("ann", "ann"))
    assert held(again, "ages") == {"ann": 1}
    apart, _, _ = run("01_whole", nobody, ("ann!", "bob!"))
    assert held(apart, "ages") == {"old": 7, "ann!": 1, "bob!": 1}


def test_2_a_sibling_sees_the_memory_of_the_fork() -> None:
    outcome, _, _ = run("02_isolated")
    assert outcome.value == ((2, 2, 2), (5, 6))
    assert list(held(outcome, "seen")) == ["before", "a", "b", "c", "d", "e"]


def test_3_a_body_in_order_sees_what_the_one_before_wrote() -> None:
    outcome, _, journal = run("03_in_order")
    assert outcome.value == (0, 1, 2)
    assert held(outcome, "seen") == {None: ("a", "b", "c")}
    assert journal.records == {}


def numbered(effect: Ask) -> Reply:
    return number(int(str(effect.prompt).split("Number ")[1].split(" ")[0]))


def test_4_any_gives_the_lowest_position_that_passes() -> None:
    runs = [run("04_any", numbered) for _ in range(2)]
    outcome, _, journal = runs[0]
    assert outcome.value == 2
    assert sorted(journal.cancelled) == ["run/divide[2]", "run/divide[3]"]
    assert sorted(record.path for record in journal.counted()) == [
        "run/divide[0]/for[0]/ask/ask#1",
        *(f"run/divide[1]/for[{time}]/ask/ask#1" for time in range(4)),
    ]
    assert len(journal.records) <= outcome.spent["calls"] <= 1 + 4 + 1 + 50
    assert len(journal.counted()) < outcome.spent["calls"], "what was cancelled is charged"
    assert runs[1][0].hash == outcome.hash


def by_seed(effect: Ask) -> Reply:
    return number(effect.sampling.seed % 10)


def test_5_samples_have_different_seeds_and_the_same_on_every_run() -> None:
    runs = [run("05_five_seeds", by_seed) for _ in range(2)]
    seeds = [
        {effect.path: effect.sampling.seed for effect in model.asked if isinstance(effect, Ask)} for _, model, _ in runs
    ]
    assert len(set(seeds[0].values())) == 5
    assert seeds[0] == seeds[1]
    assert list(seeds[0]) == [f"run/for[{i}]/ask#1" for i in range(5)]
    assert (runs[0][0].value, runs[0][0].hash) == (runs[1][0].value, runs[1][0].hash)


def test_6_one_question_in_24_branches_is_one_call_of_the_model() -> None:
    outcome, model, journal = run("06_one_question", lambda effect: number(5))
    assert outcome.value == tuple(range(6, 30))
    assert len(model.asked) == outcome.asked == 1
    assert outcome.spent["calls"] == len(journal.records) == 24


def test_7_a_time_out_is_recorded_and_replayed(tmp_path: Path) -> None:
    def slow(effect: Ask) -> Reply:
        return number(1) if "first" in str(effect.prompt).lower() else Failed("Timeout", "no reply within 5 s")

    outcome, model, _ = run("07_timeout", slow)
    assert outcome.failure is not None
    assert (outcome.failure.kind, len(model.asked), outcome.reproducible) == ("Timeout", 2, False)
    path = tmp_path / "run.jsonl"
    with path.open("w", encoding="utf-8") as file:
        copy = Journal({}, file)
        for effect in model.asked:
            copy.add(effect, slow(effect))  # type: ignore[arg-type]
    recorded = replies_of(read(path)[1])
    again, asked, _ = run("07_timeout", nobody, settings=Settings(recorded=recorded))
    assert again.failure is not None
    assert (again.failure.kind, again.failure.message) == (outcome.failure.kind, outcome.failure.message)
    assert (asked.asked, again.hash) == ([], outcome.hash)


def test_7_a_program_that_asks_something_else_is_not_replayed(tmp_path: Path) -> None:
    recorded = {"run/ask#1": ("another hash", number(1))}
    with pytest.raises(LotError, match="LOT-E0604"):
        run("07_timeout", nobody, settings=Settings(recorded=recorded))


def guess(effect: Ask) -> Reply:
    guesses = {"Guess. ": 3, "Guess. Not 3. ": 7, "Guess. Not 7. ": 9}
    return number(guesses.get(str(effect.prompt.turns[0].parts[0]), 0))


def test_8_each_attempt_shows_why_the_last_one_failed() -> None:
    outcome, model, journal = run("08_retry", guess, 3)
    assert outcome.value == 9
    prompts = [effect.prompt.turns[0].parts[0] for effect in model.asked]
    assert prompts == ["Guess. ", "Guess. Not 3. ", "Guess. Not 7. "]
    assert list(journal.records) == [f"run/retry[{i}]/ask#1" for i in range(3)]
    assert held(outcome, "seen") == {None: (9,)}


def test_8_the_last_attempt_is_the_failure_and_leaves_no_trace_either() -> None:
    outcome, model, _ = run("08_retry", guess, 2)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.message) == ("Rejected", " Not 7.")
    assert [str(before) for before in outcome.failure.earlier] == ["Rejected:  Not 3."]
    assert (len(model.asked), held(outcome, "seen")) == (2, {})


@pytest.mark.parametrize("kind", ["Truncated", "Timeout", "BudgetSpent", "Impossible", "ContextFull"])
def test_8_what_would_fail_again_is_not_tried_again(kind: FailureKind) -> None:
    outcome, model, _ = run("08_retry", lambda effect: Failed(kind, "no"), 3)
    assert outcome.failure is not None
    assert (outcome.failure.kind, len(model.asked)) == (kind, 1)


def test_9_a_budget_is_spent_by_bodies_side_by_side_and_the_rest_is_left() -> None:
    outcome, _, _ = run("09_budget", lambda effect: number(1), 3, 3)
    assert outcome.value == (1, 1, 1, 1)
    assert outcome.spent["calls"] == 4


def test_9_a_budget_that_is_spent_is_a_failure() -> None:
    outcome, _, _ = run("09_budget", lambda effect: number(1), 2, 3)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.message) == ("BudgetSpent", "more than 2 calls would be spent")


def one(effect: Ask) -> Reply:
    return number(1)


@pytest.mark.parametrize(
    ("wanted", "more", "value"),
    [((2, 1, 0, 2), 5, (2, 1, 0, 2, 5)), ((2, 1, 0, 2), 6, None), ((3, 0, 0, 0), 0, None), ((2, 2, 2, 2), 2, (2,) * 5)],
)
def test_9_parts_get_shares_and_what_they_leave_comes_back(
    wanted: tuple[int, ...], more: int, value: tuple[int, ...] | None
) -> None:
    outcome, _, _ = run("09_shares", one, wanted, more)
    assert outcome.value == value
    assert (outcome.failure and outcome.failure.kind) == (None if value else "BudgetSpent")


@pytest.mark.parametrize("function", ["levels", "again"])
def test_9_depth_counts_divisions_and_blocks_that_bound_it(function: str) -> None:
    assert run("09_shares", nobody, 2, function=function)[0].value == 2
    outcome, _, _ = run("09_shares", nobody, 4, function=function)
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.message) == ("BudgetSpent", "no level of depth is left")


def test_10_reading_what_was_moved_fails_empty() -> None:
    outcome, _, _ = run("10_moved", nobody, 1, 2)
    assert outcome.failure is not None
    assert outcome.failure.kind == "Empty"
    assert run("10_moved", nobody, 0, 1)[0].value == "0"


def test_11_read_binds_anew_at_each_pass() -> None:
    outcome, _, _ = run("11_jump_loop", nobody, 5)
    assert outcome.value == 10
    assert (held(outcome, "count"), held(outcome, "sum")) == ({None: 5}, {None: 10})


@pytest.mark.parametrize(("name", "line"), [("10_moved_refused", 7), ("11_unbound_refused", 8)])
def test_what_can_be_seen_before_the_run_is_refused(name: str, line: int) -> None:
    with pytest.raises(LotError) as caught:
        check(parser.read(HERE / f"{name}.lot"))
    label = caught.value.diagnostics[0].label
    assert label is not None
    assert label.span.source.position(label.span.start)[0] == line


def test_12_a_failure_in_a_part_prints_the_chain_of_its_causes() -> None:
    def answer(effect: Ask) -> Reply:
        return number(1) if "Part 1" in str(effect.prompt) else number(9)

    outcome, _, _ = run("12_cause_chain", answer)
    assert outcome.failure is not None
    assert str(outcome.failure) == "Rejected: part 2 gave 9"
    places = [(path, place.rpartition("12_cause_chain.lot:")[2]) for path, place in outcome.failure.causes(9)]
    assert places == [("run/for[1]/part", "6:3"), ("run/for[1]", "11:19"), ("run", "11:3")]


def test_12_a_failure_keeps_every_construct_that_it_passed_through() -> None:
    outcome, _, _ = run("12_through", lambda effect: number(9))
    failure = outcome.failure
    assert failure is not None
    assert [(path, place.rpartition("12_through.lot:")[2]) for path, place in failure.causes(9)] == [
        ("run/try/try[1]/part", "6:3"),
        ("run/try/try[1]", "13:7"),
        ("run/try", "12:5"),
        ("run", "11:3"),
    ]
    assert failure_text(failure)[5:] == [
        "after Rejected: part 1 gave 9",
        f"  at {failure.earlier[0].passed[0][1]}  in run/try/try[0]/part",
    ]


def test_12_a_part_inside_all_inside_a_solver_inside_for() -> None:
    def answer(effect: Ask) -> Reply:
        text = str(effect.prompt)
        return number(9) if "nine" in text else number(2)

    outcome, _, _ = run("12_solver", answer)
    failure = outcome.failure
    assert failure is not None
    assert (failure.kind, failure.message, failure.best) == ("Rejected", "9 is too much", 9)
    places = [(path, place.rpartition("12_solver.lot:")[2]) for path, place in failure.causes(9)]
    assert places == [
        ("run/for[1]/answer/answer_trial/try/divide[1]", "9:1"),
        ("run/for[1]/answer/answer_trial/try", "10:15"),
        ("run/for[1]/answer/answer_trial", "9:1"),
        ("run/for[1]/answer", "9:1"),
        ("run/for[1]", "17:45"),
        ("run", "17:3"),
    ]
    assert failure_text(failure)[1] == "the best answer, not verified: 9"
