"""Run the bench of forks: `LOT_DATA=… python -m bench.fork [--check] [--rounds N] [--only PROGRAM …]`."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench import results
from bench.engine.stage import Stage
from bench.fork.arms import ALONE, LLAMA, OURS, Counting, arms
from bench.fork.tasks import arguments
from bench.peers.environments import weights_of
from bench.rounds import Bar, ratio
from bench.table import aligned
from lotterylang.check import check
from lotterylang.run.convert import from_json
from lotterylang.run.runner import Runner
from lotterylang.syntax import parser

PROGRAMS = {
    "consistency": "self-consistency, k = 16",
    "tree": "tree of thoughts, 3 levels of 5",
    "divide": "divide, 24 parts",
}
LEAST = {ALONE: 6.0, LLAMA: 3.0}
ROUNDS = 3


def seconds(source: Path, given: dict[str, Any], model: Counting) -> float:
    """Run a program to its end."""
    program = check(parser.read(source))
    runner = Runner(program, lambda _: model)
    params = dict(program.functions["main"].params)
    values = {name: from_json(params[name], value) for name, value in given.items()}
    start = time.perf_counter()
    outcome = runner.run(runner.unit.codes["main"], runner.arguments("main", values))
    assert outcome.failure is None, outcome.failure
    return time.perf_counter() - start


def measure(program: str, stage: Stage, models: dict[str, Counting]) -> dict[str, Any]:
    """Have the arms take turns on fresh tasks, after a round for warming up.

    The arm without a cache runs in one round alone: it is long, and was warmed when it was opened.
    """
    source = Path(__file__).parent / f"{program}.lot"
    times: dict[str, list[float]] = {name: [] for name in models}
    tallies: dict[str, dict[str, int]] = {name: {} for name in models}
    for number in range(stage.rounds + 1):
        given = arguments(program, number, stage)
        for name, model in models.items():
            if name == ALONE and number != 1:
                continue
            took, passed = seconds(source, given, model), model.taken()
            print(f"{program}, round {number}, {name}: {took:.1f} s", file=sys.stderr, flush=True)
            if number:
                times[name].append(took)
                for what, count in passed.items():
                    tallies[name][what] = tallies[name].get(what, 0) + count
    return {
        name: {
            "seconds": statistics.median(times[name]),
            "ratio": ratio(times[name], times[OURS][: len(times[name])]),
            **{what: round(count / len(times[name])) for what, count in tallies[name].items()},
        }
        for name in models
    }


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table; tokens are the mean of the rounds."""
    table = [["program", "arm", "seconds", "times ours", "calls", "prompt tokens", "of them cached", "written, scored"]]
    for program, arms_of in figures.items():
        for name, found in arms_of.items():
            factor = "" if name == OURS else f"{found['ratio']:.1f}"
            counts = [str(found[what]) for what in ("calls", "prompt", "cached", "written")]
            label = PROGRAMS[program] if name == OURS else ""
            table.append([label, name, f"{found['seconds']:.1f}", factor, *counts])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached."""
    return [
        Bar(f"{PROGRAMS[program]}: {name}, times ours", figures[program][name]["ratio"], least=least)
        for program in figures
        for name, least in LEAST.items()
    ]


def main() -> int:
    """Run the bench. Gives the exit status."""
    words = argparse.ArgumentParser(prog="python -m bench.fork", description=__doc__)
    words.add_argument("--model", default="smollm2-135m-instruct")
    words.add_argument("--rounds", type=int, default=ROUNDS)
    words.add_argument("--only", nargs="*", choices=list(PROGRAMS), default=list(PROGRAMS))
    words.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    words.add_argument("--keep", action="store_true", help="write the figures to bench/results")
    given = words.parse_args()
    stage = Stage(given.model, weights_of(given.model), given.rounds)
    models = arms(stage)
    try:
        figures = {program: measure(program, stage, models) for program in given.only}
    finally:
        for model in models.values():
            model.close()
    found = bars(figures)
    print(aligned(rows(figures)), *found, json.dumps({"bench": "fork", **figures}), sep="\n")
    if given.keep:
        print(results.keep("fork", figures, f"python -m bench.fork --rounds {given.rounds}"))
    return int(given.check and not all(bar.is_met for bar in found))


if __name__ == "__main__":
    sys.exit(main())
