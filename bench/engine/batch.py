"""Tokens a second of several rows at context 300: the network alone, and the engine with and without constraints.

Every row of the engine has a prompt of its own that was read before, so that decoding alone is timed. Free text may be
anything; constrained rows are by turns a text by a pattern, a list of whole numbers and a list of choices.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from bench.engine.stage import FREE, Stage, ask, written
from bench.rounds import Bar, ratio
from lotterylang.run.effects import ModelEffect
from lotterylang.run.shapes import Free, Listing, OneOf, Shape, Whole

SIZES = (1, 16, 24, 32)
BAR_SIZE = 16
CONTEXT, OWN, TOKENS, STEPS = 300, 16, 16, 8
LEAST_GAIN, MOST_COST = 4.0, 0.10
SHAPES: tuple[Shape, ...] = (
    Free(shortest=150, lines=True, patterns=("[A-Za-z ,.'()\n-]*",)),
    Listing(Whole(0, 999), fewest=20),
    Listing(OneOf(("north", "north-east", "east", "south", "west")), fewest=20),
)
"""None of them can be over before `TOKENS` tokens, so the batch stays full."""


def measure(stage: Stage) -> dict[str, Any]:
    """Have sizes and arms take turns."""
    network: dict[int, list[float]] = {size: [] for size in SIZES}
    free: dict[int, list[float]] = {size: [] for size in SIZES}
    bound: list[float] = []
    for number in range(stage.rounds + 1):
        shared = stage.ids(CONTEXT)
        texts = _texts(stage)
        for size in SIZES:
            network[size].append(_network_rate(stage, shared, size))
            free[size].append(_engine_rate(stage, [ask(text, TOKENS, name=f"of_{size}") for text in texts[:size]]))
            if size == BAR_SIZE:
                shapes = [SHAPES[place % len(SHAPES)] for place in range(size)]
                asks = [ask(text, TOKENS, shape) for text, shape in zip(texts, shapes, strict=False)]
                bound.append(_engine_rate(stage, asks))
        if not number:  # the first is for warming up
            for rates in (*network.values(), *free.values(), bound):
                rates.clear()
    return {
        "network": {str(size): statistics.median(rates) for size, rates in network.items()},
        "engine": {str(size): statistics.median(rates) for size, rates in free.items()},
        "constrained": statistics.median(bound),
        "limits": {str(size): size / stage.limits.step(size, CONTEXT) for size in SIZES},
        "network_gain": {str(size): ratio(network[size], network[1]) for size in SIZES},
        "engine_gain": {str(size): ratio(free[size], free[1]) for size in SIZES},
        "constraint_cost": 1 - ratio(bound, free[BAR_SIZE]),
    }


def _texts(stage: Stage) -> list[str]:
    """Give a prompt a row, with a long beginning in common, and have them read."""
    shared = stage.text(CONTEXT - OWN)
    texts = [f"{shared}\n{stage.text(OWN)}" for _ in range(max(SIZES))]
    stage.answers([ask(text, 1, FREE) for text in texts])
    return texts


def _network_rate(stage: Stage, ids: list[int], size: int) -> float:
    network = stage.network
    one = network.memory(1, CONTEXT + 2)
    following = int(network.log_probs(network.extend(one, 0, ids)[None])[0].argmax())
    slots = network.slots(size, CONTEXT + STEPS + 2)
    for row in range(size):
        slots.copy(one, 0, row, CONTEXT)
    rows, last = list(range(size)), np.full(size, following)
    last = network.step(slots, np.full(size, CONTEXT), last, rows).argmax(axis=1)
    start = time.perf_counter()
    for step in range(1, STEPS + 1):
        last = network.step(slots, np.full(size, CONTEXT + step), last, rows).argmax(axis=1)
    return size * STEPS / (time.perf_counter() - start)


def _engine_rate(stage: Stage, asks: list[ModelEffect]) -> float:
    start = time.perf_counter()
    count = written(stage.answers(asks))
    return count / (time.perf_counter() - start)


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table."""
    head = ["rows", "network tok/s", "times one row", "of the limit", "engine tok/s", "times one row", "constrained"]
    table = [head]
    for size in map(str, SIZES):
        network, engine = figures["network"][size], figures["engine"][size]
        share = f"{network / figures['limits'][size]:.0%}"
        gains = [f"{figures[f'{what}_gain'][size]:.2f}" for what in ("network", "engine")]
        bound = f"{figures['constrained']:.0f}" if size == str(BAR_SIZE) else ""
        table.append([size, f"{network:.0f}", gains[0], share, f"{engine:.0f}", gains[1], bound])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached."""
    size = str(BAR_SIZE)
    return [
        Bar(f"network, {size} rows, times one", figures["network_gain"][size], least=LEAST_GAIN),
        Bar(f"engine, {size} rows, times one", figures["engine_gain"][size], least=LEAST_GAIN),
        Bar("share of the speed that constraints cost", figures["constraint_cost"], most=MOST_COST),
    ]
