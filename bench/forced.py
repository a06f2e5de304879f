"""Bench: what reading forced tokens in one pass gains: `python -m bench.forced`.

Of greedy replies, how many tokens the grammar forces and how many steps a row saves by passes; what a pass of some
positions takes beside a step of one row and of several; and records and calls with and without, alone and 16 at once.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from itertools import groupby
from typing import Any

import numpy as np

from bench.table import aligned
from lotterylang.run.effects import Ask, Prompt, Turn
from lotterylang.run.shapes import Calls, Fields, Free, Hole, Listing, OneOf, Shape, Whole
from lotterylang.world.model.decoding import row as decoding
from lotterylang.world.model.decoding.row import Row
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.open import open_model

PROMPT, ROUNDS = 300, 7

SHAPES: dict[str, Shape] = {
    "record of 3": Fields((("name", Free(1, 30)), ("age", Whole(0, 120)), ("kind", OneOf(("cat", "dog"))))),
    "record of 6": Fields(
        (
            ("title", Free(1, 40)),
            ("author", Free(1, 30)),
            ("year", Whole(1800, 2030)),
            ("language", OneOf(("English", "French", "German"))),
            ("pages", Whole(1, 2000)),
            ("in_print", OneOf(("yes", "no"))),
        )
    ),
    "call": Calls(
        (
            ("search_flights", (("departure_city", Free(1, 20)), ("arrival_city", Free(1, 20)))),
            ("book_hotel", (("city", Free(1, 20)), ("nights", Whole(1, 30)))),
        )
    ),
    "list": Listing(OneOf(("red", "green", "blue", "dark orange")), 2, 5),
    "one of three": OneOf(("completely true", "completely false", "cannot be decided from the text")),
    "text": Free(1, 60),
}

QUESTIONS = ("Tell me about a pet.", "A book from the library.", "I must go from Paris to Rome.", "Describe something.")


class Forced:
    """Notes for every token of every reply whether it was the only legal one."""

    def __init__(self) -> None:
        self.replies: dict[int, list[bool]] = {}
        self._take = Row.take

    def __enter__(self) -> Forced:
        def take(row: Row, log_probs: Any, ends: tuple[int, ...]) -> None:
            self.replies.setdefault(id(row), []).append(row._matcher.legal(len(log_probs)).count == 1)
            self._take(row, log_probs, ends)

        Row.take = take  # type: ignore[method-assign]
        return self

    def __exit__(self, *gone: object) -> None:
        Row.take = self._take  # type: ignore[method-assign]


def share(engine: Engine, name: str) -> list[str]:
    """Count tokens, forced ones and the steps that passes would save."""
    with Forced() as noted:
        for future in engine.submit([asked(name, question) for question in QUESTIONS]):
            future.result()
    replies = list(noted.replies.values())
    total = sum(map(len, replies))
    runs = [len(list(run)) for reply in replies for forced, run in groupby(reply) if forced]
    saved = sum(run for run in runs if run >= decoding.SHORTEST_RUN)
    return [name, str(total), f"{sum(runs) / total:.0%}", f"{saved / total:.0%}"]


def times(engine: Engine) -> list[list[str]]:
    """Time passes of several positions and steps of several rows, taking turns."""
    network = engine.reader.network
    memory = network.memory(1, PROMPT + 64)
    network.extend(memory, 0, list(range(100, 100 + PROMPT)))
    arms: dict[str, Callable[[], Any]] = {}
    for size in (2, 4, 6, 8):
        arms[f"a pass of {size}"] = lambda n=size: network.extend(memory, PROMPT, list(range(5, 5 + n)))  # type: ignore[misc]
    for rows in (1, 4, 16):
        args = (np.full(rows, PROMPT), np.arange(rows), list(range(rows)))
        room = network.slots(rows, PROMPT + 64)
        arms[f"a step of {rows}"] = lambda room=room, args=args: network.step(room, *args)  # type: ignore[misc]
    found: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(ROUNDS):
        for name, run in arms.items():
            start = time.perf_counter()
            run()
            found[name].append(time.perf_counter() - start)
    step = statistics.median(found["a step of 1"])
    return [[name, f"{statistics.median(each) / step:.2f}"] for name, each in found.items()]


def gains(engine: Engine) -> list[list[str]]:
    """Time replies with passes and without, taking turns."""
    rows, shortest = [], decoding.SHORTEST_RUN
    for name in ("record of 3", "record of 6", "call"):
        for count in (1, 4, 16):
            asks = [asked(name, f"Tell me about {number}.") for number in range(count)]
            ratios = []
            for _ in range(4):
                decoding.SHORTEST_RUN = 10**9
                plain = seconds(engine, asks)
                decoding.SHORTEST_RUN = shortest
                ratios.append(plain / seconds(engine, asks))
            rows.append([name, str(count), f"{statistics.median(ratios[1:]):.2f}"])
    return rows


def seconds(engine: Engine, asks: list[Ask]) -> float:
    """Time some questions that are asked at once."""
    engine.forget()
    start = time.perf_counter()
    for future in engine.submit(asks):
        future.result()
    return time.perf_counter() - start


def asked(name: str, question: str) -> Ask:
    """Ask for a reply of some shape."""
    hole = Hole("x", SHAPES[name], max_tokens=80)
    return Ask("p", "m", Prompt((Turn("user", (question,)), Turn("assistant", ("Here: ", hole)))))


def main() -> int:
    """Run the bench. Gives the exit status."""
    engine = open_model("smollm2-135m-instruct")
    assert isinstance(engine, Engine)
    try:
        print(aligned([["reply", "tokens", "forced", "steps saved"], *(share(engine, name) for name in SHAPES)]), "\n")
        print(aligned([["", "of a step of one row"], *times(engine)]), "\n")
        print(aligned([["replies", "at once", "times as fast"], *gains(engine)]))
    finally:
        engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
