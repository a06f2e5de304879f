"""A warm prefix of 1,000 tokens: the first token after it against a cold one, and the steps that follow.

A cold question is a fresh text with a few words after it; a warm one is the same text with other words.
"""

from __future__ import annotations

import statistics
import time
from itertools import pairwise
from typing import Any

from bench.engine.stage import Stage, ask
from bench.engine.token_times import TokenTimes, observed
from bench.rounds import Bar, ratio

PREFIX, WORDS, TOKENS = 1_000, 8, 32
MOST_DRIFT = 1.05
Figures = list[float]


def measure(stage: Stage) -> dict[str, Any]:
    """Ask cold, then warm, round by round."""
    found: dict[str, Figures] = {what: [] for what in ("cold first", "warm first", "cold step", "warm step")}
    with observed() as times:
        for number in range(stage.rounds + 1):
            text = stage.text(PREFIX)
            for kind in ("cold", "warm"):
                first, step = _timed(stage, f"{text}\n{stage.text(WORDS)}", times)
                if number:  # the first is for warming up
                    found[f"{kind} first"].append(first)
                    found[f"{kind} step"].append(step)
    return {
        **{f"{what.replace(' ', '_')}_s": statistics.median(values) for what, values in found.items()},
        "first_share": ratio(found["warm first"], found["cold first"]),
        "step_ratio": ratio(found["warm step"], found["cold step"]),
        "limits": {
            "cold_first_s": stage.limits.read(PREFIX + WORDS),
            "warm_first_s": stage.limits.read(WORDS, PREFIX),
            "step_s": stage.limits.step(1, PREFIX + WORDS),
        },
    }


def _timed(stage: Stage, text: str, times: TokenTimes) -> tuple[float, float]:
    """Give the seconds to the first token, and of a step after it."""
    start = time.perf_counter()
    taken = times.of(stage.answers([ask(text, TOKENS)])[0])
    steps = [b - a for a, b in pairwise(taken)]
    return taken[0] - start, statistics.median(steps)


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table."""
    limits = figures["limits"]
    table = [["milliseconds", "cold", "warm", "warm to cold", "limit, cold", "limit, warm"]]
    first = [figures["cold_first_s"], figures["warm_first_s"]]
    step = [figures["cold_step_s"], figures["warm_step_s"]]
    lines = (
        ("first token", first, f"{figures['first_share']:.1%}", (limits["cold_first_s"], limits["warm_first_s"])),
        ("a step after it", step, f"{figures['step_ratio']:.1%}", (limits["step_s"], limits["step_s"])),
    )
    for name, found, to_cold, limit in lines:
        milliseconds = [f"{seconds * 1e3:.1f}" for seconds in (*found, *limit)]
        table.append([name, *milliseconds[:2], to_cold, *milliseconds[2:]])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached: a step is the same whether its prefix was read now or before."""
    return [Bar("a step after a warm prefix, times a cold one's", figures["step_ratio"], most=MOST_DRIFT)]
