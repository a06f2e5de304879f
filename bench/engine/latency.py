"""How long one waits while rows join at random: time to the first token and between tokens, p50 and p99.

Questions with fresh prompts of 50 to 600 tokens and replies of up to 24 arrive as a Poisson process, on average one in
twice the time that such a question takes alone: half of what the engine could do one by one.
"""

from __future__ import annotations

import random
import statistics
import time
from concurrent.futures import Future
from itertools import pairwise
from typing import Any

from bench.engine.stage import Stage, answer, ask
from bench.engine.token_times import TokenTimes, observed
from bench.rounds import Bar, percentile
from lotterylang.run.effects import Reply

QUESTIONS, ALONE = 40, 5
SHORTEST, LONGEST, TOKENS = 50, 600, 24
LOAD = 0.5


def measure(stage: Stage) -> dict[str, Any]:
    """Ask alone first, then at random."""
    dice = random.Random(7)
    lengths = [dice.randint(SHORTEST, LONGEST) for _ in range(QUESTIONS)]
    with observed() as times:
        alone = [_one(stage, (SHORTEST + LONGEST) // 2, times) for _ in range(ALONE + 1)][1:]
        gap = statistics.median(seconds for seconds, _ in alone) / LOAD
        asked: list[tuple[float, Future[Reply]]] = []
        texts = [stage.text(length) for length in lengths]
        for text in texts:
            time.sleep(dice.expovariate(1 / gap))
            asked.append((time.perf_counter(), stage.engine.submit([ask(text, TOKENS)])[0]))
        taken = [(start, times.of(answer(future))) for start, future in asked]
    first = [found[0] - start for start, found in taken]
    between = [b - a for _, found in taken for a, b in pairwise(found)]
    return {
        "gap_s": gap,
        "first_alone_s": statistics.median(first for _, first in alone),
        "first_s": {"p50": percentile(first, 0.5), "p99": percentile(first, 0.99)},
        "between_s": {"p50": percentile(between, 0.5), "p99": percentile(between, 0.99)},
        "limits": {
            "first_s": stage.limits.read(round(statistics.median(lengths))),
            "between_s": stage.limits.step(1, (SHORTEST + LONGEST) // 2),
        },
    }


def _one(stage: Stage, length: int, times: TokenTimes) -> tuple[float, float]:
    """Ask one question alone; give the seconds of all of it and of its first token."""
    text = stage.text(length)
    start = time.perf_counter()
    reply = stage.answers([ask(text, TOKENS)])[0]
    return time.perf_counter() - start, times.of(reply)[0] - start


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table. The limit is that of a question alone."""
    table = [["milliseconds", "p50", "p99", "limit, alone"]]
    for what, name in (("first_s", "to the first token"), ("between_s", "between tokens")):
        found, limit = figures[what], figures["limits"][what]
        table.append([name, f"{found['p50'] * 1e3:.0f}", f"{found['p99'] * 1e3:.0f}", f"{limit * 1e3:.1f}"])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached: nothing but to be told."""
    return []
