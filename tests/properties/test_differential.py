"""Machine, reference evaluator and a replay of the journal agree, for programs that are drawn.

The machine is answered in an order that nobody knows, the reference at once, the replay from the journal alone.
Each program is printed and read back to the same tree, is accepted by the checker, and ends with a value or a failure
of the language in all three, never otherwise: the same value or failure (its kind, message and path), the same memory
and the same hash. What it spends is what the reference spends, and no more than the static bound.

`LOT_PROGRAMS=5000` in the environment draws more of them than the default run does, and others each time.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import Future
from io import StringIO
from random import Random
from threading import Condition, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from lotterylang.check.bounds import bounds
from lotterylang.check.checker import check_module
from lotterylang.check.program import Program
from lotterylang.run.convert import canonical
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Reply
from lotterylang.run.journal import Journal, replies_of
from lotterylang.run.lower.places import EMPTIED
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import printer
from lotterylang.syntax.parser import parse, source_of
from lotterylang.testing.programs import World, programs
from lotterylang.testing.reference import Evaluator

DEFAULT = 120
COUNT = int(os.environ.get("LOT_PROGRAMS", DEFAULT))
CALLS = 400
WORLD = World()
SLOW_TO_DRAW = list(HealthCheck)


class Unordered(World):
    """Answers one question at a time, whichever comes to hand."""

    def __init__(self, seed: str) -> None:
        super().__init__()
        self._random = Random(seed)
        self._waiting: list[tuple[Any, Future[Reply]]] = []
        self._is_full = Condition()
        self._is_closed = False

    def submit(self, effects: Sequence[Any]) -> list[Future[Reply]]:
        futures: list[Future[Reply]] = [Future() for _ in effects]
        with self._is_full:
            self._waiting += zip(effects, futures, strict=True)
            self._is_full.notify()
        return futures

    def serve(self) -> None:
        while True:
            with self._is_full:
                self._is_full.wait_for(lambda: self._waiting or self._is_closed)
                if self._is_closed:
                    return
                effect, future = self._waiting.pop(self._random.randrange(len(self._waiting)))
            if future.set_running_or_notify_cancel():
                future.set_result(self.reply(effect))

    def close(self) -> None:
        with self._is_full:
            self._is_closed = True
            self._is_full.notify()


class Nobody(World):
    """Answers nothing: a replay asks nobody."""

    def submit(self, effects: Any) -> Any:
        raise AssertionError(f"a replay asked {[effect.path for effect in effects]}")


def limits(text: str) -> dict[str, int]:
    """Bound a run, unless what it spends depends on which branch is cancelled when."""
    return {} if " any " in text else {"calls": CALLS}


def machine(program: Program, most: dict[str, int], recorded: Any = None) -> tuple[Outcome, list[dict[str, Any]]]:
    file, world = StringIO(), Unordered(program.hash) if recorded is None else Nobody()
    doors = Doors(lambda tool: world, lambda index: world, lambda logic: world, lambda tool, grant: True)
    runner = Runner(
        program, lambda model: world, Settings(limits=most, recorded=recorded, asks_nobody=recorded is not None), doors
    )
    if isinstance(world, Unordered):
        Thread(target=world.serve, daemon=True).start()
    try:
        outcome = runner.run(runner.unit.codes["main"], journal=Journal({}, file))
    finally:
        world.close()
    return outcome, [json.loads(line) for line in file.getvalue().splitlines()]


def told(value: Value, failure: Failure | None, memory: Any, hash: str) -> tuple[Any, ...]:
    """Give what must agree; of a run that failed its memory too, since nothing undoes what was written before."""
    why = (failure.kind, failure.message, failure.path, canonical(failure.best)) if failure else None
    return canonical(value), why, {name: canonical(cells) for name, cells in memory.items()}, hash


def of_machine(outcome: Outcome) -> tuple[Any, ...]:
    stores = [(name, cells) for name, cells in outcome.memory.items() if isinstance(name, str)]
    held = {name: {k: entry[0] for k, entry in cells.items() if entry is not EMPTIED} for name, cells in stores}
    return told(outcome.value, outcome.failure, held, outcome.hash)


def judge(text: str) -> str | None:
    """Run a program in three ways; give the kind of its failure."""
    module = parse(source_of("drawn.lot", text))
    written = printer.print_module(module)
    assert parse(source_of("again.lot", written)) == module
    program = check_module(module)
    most = limits(text)
    ended = Evaluator(program, lambda path, effect: WORLD.reply(effect), most).run("main")
    outcome, lines = machine(program, most)
    assert of_machine(outcome) == told(ended.value, ended.failure, ended.memory, ended.hash)
    recorded = replies_of(line for line in lines if "path" in line)
    replayed, _ = machine(program, most, recorded)
    assert of_machine(replayed) == of_machine(outcome)
    if " any " not in text:
        assert {name: outcome.spent[name] for name in ended.spent} == ended.spent
    bound = bounds(program)["main"]
    if ended.kept_budgets and bound.calls is not None:
        assert outcome.spent["calls"] <= bound.calls
    if ended.kept_budgets and bound.depth is not None:
        assert ended.deepest <= bound.depth
    return ended.failure.kind if ended.failure else None


@settings(
    max_examples=COUNT, derandomize=COUNT == DEFAULT, deadline=None, suppress_health_check=SLOW_TO_DRAW, database=None
)
@given(programs())
def test_machine_reference_and_replay_agree(text: str) -> None:
    judge(text)


FOUND = {
    "a replay of a part that was cancelled while it asked": """
model m = first()
fn asked(i: int) -> int { (ASK m "Number ${i}: @{n: int where 0 <= n <= 9}").n }
fn main() -> int { DIVIDE any [1, 2, 3, 4, 5] with asked }
""",
    "a part that writes after an attempt of its own failed": """
memory seen : map<int, int>
fn part(x: int) -> int {
  let y = try { fail "no" } catch { x }
  WRITE y -> seen[x]
  y
}
fn main() -> list<int> { DIVIDE each [1, 2] with part }
""",
    "a call that may not go out, and another one after it": """
model m = first()
fn ask(x: int) -> int { (ASK m "Number ${x}: @{n: int where 0 <= n <= 9}").n }
fn main() -> int {
  let first = within calls 1 { try { ask(1) + ask(2) } catch BudgetSpent { 0 } }
  first + ask(3)
}
""",
    "a lambda that touches nothing, in a function that asks": """
model m = first()
fn twice(do: fn(int) -> int, x: int) -> int { do(x) + do((ASK m "Number ${x}: @{n: int where 0 <= n <= 9}").n) }
fn main() -> text { try { if twice(y => 1 // (y - 1), 1) > 0 { "" } else { "" } } catch as f { f.path } }
""",
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND.keys())
def test_what_was_found_once(text: str) -> None:
    assert judge(text) is None
