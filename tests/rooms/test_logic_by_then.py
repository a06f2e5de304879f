"""What a search had found when its time was over: as a value of the program, in the journal, and from it again."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import pytest
from deductions import CROWDED, MOST, never_done

from lotterylang.check import check
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Deduce, Reply
from lotterylang.run.journal import Journal, replies_of
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.syntax.parser import source_of
from lotterylang.world.logic.open import Clingo
from lotterylang.world.logic.solver import Solver

PROGRAM = f"""
logic most() -> has(int) {{ {MOST} }}
logic ways() -> full(int) {{ {CROWDED} {{ full(1) }}. :- full(1), not has(P, _), P = 1..14. }}
fn best() -> (int, text) {{
  match DEDUCE best most() {{
    Unknown as n if n.best != none => (len(n.best.has), n.why)
    _                              => (0, "")
  }}
}}
fn every() -> (int, text) {{
  match DEDUCE models 9 ways() {{ Unknown as n => (len(n.models), n.why), _ => (0, "") }}
}}
fn any() -> bool {{ 1 in DEDUCE best most().has }}
"""


class _Here:
    """Clingo in this process, where its search can be cut short without a clock."""

    identity = "here"

    def submit(self, effects: Sequence[Deduce]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = [Future() for _ in effects]
        for effect, future in zip(effects, futures, strict=True):
            future.set_result(Solver().answer(effect, 60))
        return futures

    def close(self) -> None:
        pass


@pytest.fixture
def cut_short(monkeypatch: pytest.MonkeyPatch) -> Doors:
    never_done(monkeypatch)
    return Doors(logic=lambda logic: _Here())


def _run(name: str, settings: Settings, doors: Doors) -> tuple[Outcome, Journal]:
    def nobody(_: object) -> Any:
        raise AssertionError("no model is asked")

    runner, journal = Runner(check(source_of("p.lot", PROGRAM)), nobody, settings, doors), Journal({})
    return runner.run(runner.unit.codes[name], journal=journal), journal


@pytest.mark.parametrize(("name", "least", "most"), [("best", 1, 13), ("every", 1, 1)])
def test_a_program_has_what_was_found_by_then_and_a_replay_has_it_too(
    cut_short: Doors, name: str, least: int, most: int
) -> None:
    outcome, journal = _run(name, Settings(), cut_short)
    found, why = outcome.value
    assert least <= found <= most and why.startswith("it was over before")
    assert not outcome.reproducible
    recorded = replies_of([{n: getattr(r, n) for n in r.__slots__} for r in journal.records.values()])
    again, _ = _run(name, Settings(recorded=recorded), Doors())
    assert again.value == outcome.value and again.hash == outcome.hash


def test_the_best_so_far_allows_no_value(cut_short: Doors) -> None:
    outcome, _ = _run("any", Settings(), cut_short)
    assert outcome.failure is not None and outcome.failure.kind == "Timeout"


def test_a_process_gives_the_best_by_its_limit() -> None:
    solver = Clingo(seconds=4)
    outcome, _ = _run("best", Settings(), Doors(logic=lambda logic: solver))
    solver.close()
    found, why = outcome.value
    assert 1 <= found <= 13 and why
