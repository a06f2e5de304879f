"""What the machine costs: a Turing machine beside the plainest Python loop, a step after many steps, a CHOOSE.

python -m bench.machine [--check]. U15,2 on the longest run that the tests know (265,379 steps), journal and budget on;
instructions a step by counting Python's bytecodes; memory after ten million steps; and how long a CHOOSE takes on its
way through machine, budget, journal and queue to a model that answers at once.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from bench.table import aligned
from lotterylang.check import check
from lotterylang.run.effects import Chosen, ModelEffect, Reply
from lotterylang.run.runner import Runner, Settings
from lotterylang.syntax import parser

HERE = Path(__file__).parent / "machines"
KNOWN = Path(__file__).parent.parent / "tests" / "rooms" / "data" / "u15_2.jsonl"

DOES = (
    "0RB1RA", "1RC1RA", "0LG0LE", "0LF1LE", "1RA1LD", "1LD1LD", "0LH1LG", "1LI1LG",
    "0RA1LJ", "1LK---", "0RL1RN", "0RM1RL", "0LB1RL", "0LC0RO", "0RN1RN",
)  # fmt: skip
RULES = dict(zip("ABCDEFGHIJKLMNO", DOES, strict=True))
"""U15,2 (Neary and Woods 2009, Table 16): for each state what to do on 0 and on 1; `---` halts."""

SWINGING = {"A": "1RB1RB", "B": "0LA0LA"}
"""Two cells, for ever: what a step costs does not depend on the tape."""

MOST_TIMES, MOST_DRIFT, MOST_GROWTH_MB, MOST_CHOOSE_US = 25.0, 0.01, 2.0, 100.0
ROUNDS, COUNTED, LONG, CHOICES = 5, (10_000, 1_000_000), 10_000_000, 2_000


class Instant:
    """A model that answers every CHOOSE at once."""

    name = identity = "instant"

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Answer."""
        futures: list[Future[Reply]] = [Future() for _ in effects]
        for future in futures:
            future.set_result(Chosen((-0.5, -1.5)))
        return futures

    def close(self) -> None:
        """Do nothing."""


def written(rules: dict[str, str]) -> str:
    """Write the program of a machine."""
    lines = []
    for state, both in rules.items():
        for symbol, rule in (("0", both[:3]), ("1", both[3:])):
            halt, (write, side, following) = str(rule == "---").lower(), rule
            step = 1 if side == "R" else -1
            lines.append(
                f'"{state}{symbol}": Rule(write = "{write}", step = {step}, next = "{following}", halt = {halt})'
            )
    return (HERE / "table.lot").read_text(encoding="utf-8").replace("  TABLE", "  " + "\n  ".join(lines))


def runner(source: str, steps: int = 1 << 40) -> Runner:
    """Make a runner of a program whose budget does not end it."""
    limits = {"steps": steps, "calls": 1 << 30}
    return Runner(check(parser.source_of("bench.lot", source)), lambda _: Instant(), Settings(limits=limits))


def run(machine: Runner, name: str, memory: dict[str, Any], **arguments: Any) -> Any:
    """Run a function to its value."""
    outcome = machine.run(machine.unit.codes[name], machine.arguments(name, arguments), memory)
    assert outcome.failure is None, outcome.failure
    return outcome.value


def plain(tape: str, head: int) -> int:
    """Run U15,2 in the plainest Python: what the language is held against."""
    rule = {}
    for state, both in RULES.items():
        for symbol, entry in (("0", both[:3]), ("1", both[3:])):
            if entry != "---":
                rule[state, symbol] = (entry[0], 1 if entry[1] == "R" else -1, entry[2])
    t, h, s, halt = dict(enumerate(tape)), head, "A", ("J", "1")
    while (s, t.get(h, "0")) != halt:
        w, d, s = rule[s, t.get(h, "0")]
        t[h] = w
        h += d
    return h


def times() -> tuple[float, int]:
    """Give how many times as long U15,2 takes in the language, and its steps: the median of rounds taken in turns."""
    known = max(map(json.loads, KNOWN.read_text(encoding="utf-8").splitlines()), key=lambda one: int(one["steps"]))
    machine, ratios = runner(written(RULES)), []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        here = run(machine, "run", {"tape": dict(enumerate(known["tape"])), "head": {None: known["head"]}})
        between = time.perf_counter()
        there = plain(known["tape"], known["head"])
        ratios.append((between - start) / (time.perf_counter() - between))
        assert here == there == known["final_head"]
    return statistics.median(ratios), known["steps"]


def bytecodes(count: int) -> float:
    """Count the bytecodes a step of a run of so many steps."""
    machine = runner(written(SWINGING))
    counted = 0

    def counting(frame: Any, event: str, _: Any) -> Any:
        nonlocal counted
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        counted += event == "opcode"
        return counting

    sys.settrace(counting)
    try:
        run(machine, "run_for", {}, most=count)
    finally:
        sys.settrace(None)
    return counted / count


def resident_mb(count: int) -> float:
    """Give the memory of a process that runs so many steps, at the highest."""
    code = (
        f"from bench.machine import *; run(runner(written(SWINGING)), 'run_for', {{}}, most={count}); print(own_mb())"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(ended.stdout.split()[-1])


def own_mb() -> float:
    """Give the memory of this process, at the highest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def choose_us() -> float:
    """Time a CHOOSE that is answered at once: the least of the rounds, in microseconds."""
    machine = runner((HERE / "choices.lot").read_text(encoding="utf-8"))
    found = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        assert run(machine, "run", {}, most=CHOICES) == CHOICES
        found.append((time.perf_counter() - start) / CHOICES * 1e6)
    return min(found)


def main() -> int:
    """Measure, print, and with `--check` hold the limits."""
    arguments = argparse.ArgumentParser(prog="python -m bench.machine", description=__doc__)
    arguments.add_argument("--check", action="store_true", help="exit 1 where a limit is passed")
    checked = arguments.parse_args().check
    ratio, steps = times()
    few, many = (bytecodes(count) for count in COUNTED)
    growth = resident_mb(LONG) - resident_mb(COUNTED[0])
    choose = choose_us()
    drift = abs(many / few - 1)
    rows = [["what", "figure", "limit"]]
    rows.append([f"U15,2, {steps:,} steps, times the Python loop", f"{ratio:.1f}", f"{MOST_TIMES:.0f}"])
    rows.append(
        [
            f"bytecodes a step, {COUNTED[0]:,} and {COUNTED[1]:,} steps",
            f"{few:.1f}, {many:.1f}",
            f"{MOST_DRIFT:.0%} apart",
        ]
    )
    rows.append(
        [f"memory after {LONG:,} steps, more than after {COUNTED[0]:,}", f"{growth:.1f} MB", f"{MOST_GROWTH_MB} MB"]
    )
    rows.append(["CHOOSE answered at once", f"{choose:.0f} us", f"{MOST_CHOOSE_US:.0f} us"])
    print(aligned(rows))
    figures = {"times": ratio, "bytecodes": [few, many], "growth_mb": growth, "choose_us": choose}
    good = ratio <= MOST_TIMES and drift <= MOST_DRIFT and growth <= MOST_GROWTH_MB and choose <= MOST_CHOOSE_US
    print(json.dumps({"bench": "machine", **figures, "good": good}))
    return int(checked and not good)


if __name__ == "__main__":
    sys.exit(main())
