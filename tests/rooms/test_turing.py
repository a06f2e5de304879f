"""U15,2 by its table, on runs whose tapes are known: a machine of 15 states and 2 symbols that computes everything.

The runs were made by an independent simulator of the table of Neary and Woods (2009, Table 16); they are facts.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.run.runner import Runner
from lotterylang.syntax import parser

ROOT = Path(__file__).parents[2]
RUNS = [json.loads(line) for line in (Path(__file__).parent / "data/u15_2.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def machine() -> Runner:
    def nobody(declaration: object) -> object:
        raise AssertionError("the table needs no model")

    return Runner(check(parser.read(ROOT / "programs/turing/u15_2.lot")), nobody)  # type: ignore[arg-type]


@pytest.mark.parametrize("known", RUNS, ids=lambda run: f"{run['steps']} steps")
def test_a_run_halts_with_the_tape_that_is_known(machine: Runner, known: dict[str, object]) -> None:
    code = machine.unit.codes["run"]
    memory = {"tape": dict(enumerate(str(known["tape"]))), "head": {None: known["head"]}}
    outcome = machine.run(code, machine.arguments("run", {}), memory)
    assert outcome.failure is None
    found = outcome.value.fields
    assert (found["steps"], found["head"], found["state"]) == (known["steps"], known["final_head"], known["state"])
    written = "".join(value for _, (value, _, _) in sorted(outcome.memory["tape"].items()))
    assert written == known["final"]
    assert min(outcome.memory["tape"]) == known["lo"]
