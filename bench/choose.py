"""Bench: CHOOSE beside ASK on a prompt that was read before: `LOT_DATA=… python -m bench.choose`.

Arms take turns and every ratio is the median of the rounds' ratios: `CHOOSE` among 50 options of 3 to 8 tokens, an ASK
of 8 tokens, the same options one by one, several hundred options of which only the best is looked at against all of
them, and a step of 16 rows with a grammar each against the same step with none.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bench.table import aligned
from lotterylang.run.effects import Ask, Choose, Chosen, ModelEffect, Prompt, Sampling, Turn
from lotterylang.run.shapes import Fields, Free, Hole, OneOf, Shape, Whole
from lotterylang.world.model.constraint import Constraint, constraint, gap
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.open import open_model
from lotterylang.world.model.sampling import Sampler
from lotterylang.world.model.weights.checkpoint import Floats

PROMPT, OPTIONS, ASKED, ROWS, ROUNDS = 300, 50, 8, 16, 7

BARS = {"CHOOSE / ASK": (0.0, 4.0), "one by one / CHOOSE": (3.0, 99.0), "constraints / step": (0.0, 0.10)}
"""Least and most of each ratio."""

WORDS = (
    "river",
    "stone",
    "market",
    "garden",
    "window",
    "bridge",
    "north",
    "silver",
    "paper",
    "engine",
    "music",
    "castle",
)

SHAPES: tuple[Shape, ...] = (
    Free(),
    OneOf(("yes", "no", "unknown")),
    Whole(0, 100),
    Fields((("name", Free(1, 30)), ("age", Whole(0, 120)), ("kind", OneOf(("cat", "dog"))))),
)

Arms = dict[str, Callable[[], Any]]


def timed(arms: Arms, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Have the arms take turns. Units: milliseconds, by round."""
    found: dict[str, list[float]] = {name: [] for name in arms}
    for number in range(rounds + 1):
        for name, run in arms.items():
            start = time.perf_counter()
            run()
            if number:  # the first is for warming up
                found[name].append((time.perf_counter() - start) * 1e3)
    return found


def ratio(found: dict[str, list[float]], one: str, other: str) -> float:
    """Give the median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(found[one], found[other], strict=True))


class Fresh:
    """Asks an engine without its store of replies."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, effect: ModelEffect) -> Any:
        """Ask and wait."""
        self._engine._store._kept.clear()
        return self._engine.submit([effect])[0].result()


def passages() -> list[dict[str, str]]:
    """Read some passages of an encyclopedia."""
    with (Path(os.environ["LOT_DATA"]) / "qa" / "passages.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][:3_000]


def options(engine: Engine) -> tuple[str, ...]:
    """Draw options of 3 to 8 tokens."""
    random, found = Random(1), {""}
    while len(found) <= OPTIONS:
        option = "".join(f" {random.choice(WORDS)}" for _ in range(random.randint(2, 6)))
        if 3 <= len(engine.reader.tokens.encode(option)) <= 8:
            found.add(option)
    return tuple(sorted(found - {""}))


def choices(engine: Engine, about: str) -> dict[str, list[float]]:
    """Time CHOOSE, ASK and the options one by one."""
    ask, among = Fresh(engine), options(engine)
    prompt = Prompt((Turn(None, (about,)),))
    asked = Prompt((Turn(None, (f"{about} ", Hole("x", Free(lines=True), max_tokens=ASKED))),))
    return timed(
        {
            "ASK": lambda: ask(Ask("p", "m", asked)),
            "CHOOSE": lambda: ask(Choose("p", "m", prompt, among)),
            "one by one": lambda: [ask(Choose("p", "m", prompt, (option,))) for option in among],
        }
    )


def many(engine: Engine, titles: list[str]) -> list[list[str]]:
    """Time hundreds of options, read to the end or no further than it takes."""
    ask, rows = Fresh(engine), []
    prompt = Prompt((Turn(None, ("An article of the encyclopedia about a river in Europe has the title:",)),))
    for count in (100, 200, 400):
        among = tuple(f" {title}" for title in titles[:count])
        whole, best = Choose("p", "m", prompt, among), Choose("p", "m", prompt, among, only_best=True)
        found = timed({"all": lambda e=whole: ask(e), "best": lambda e=best: ask(e)}, 2)  # type: ignore[misc]
        replies = ask(whole), ask(best)
        assert all(isinstance(reply, Chosen) for reply in replies)
        moved = max(abs(a - b) for a, b in zip(*(sorted(r.scores)[-2:] for r in replies), strict=True))
        exact = count - len(replies[1].bounds)
        medians = [statistics.median(found[name]) for name in ("all", "best")]
        times = [f"{median:.0f}" for median in medians]
        rows.append([str(count), *times, f"{medians[0] / medians[1]:.1f}", str(exact), f"{moved:.3f}"])
    return rows


def constraints(engine: Engine) -> tuple[float, list[list[str]]]:
    """Time what the grammars of 16 rows add to a step; give the largest share and a row for each shape."""
    network = engine.reader.network
    slots = network.slots(ROWS, PROMPT + 64)
    states = np.random.default_rng(1).standard_normal((1, network.card.architecture.width)).astype(np.float32)
    drawn = np.repeat(network.log_probs(states), ROWS, axis=0)
    args = (np.full(ROWS, PROMPT), np.arange(ROWS), list(range(ROWS)))
    plain = statistics.median(timed({"": lambda: drawn.argmax(axis=1)})[""])
    shares, rows = [], []
    for shape in SHAPES:
        place = gap(Prompt((Turn("user", ("?",)), Turn("assistant", ("It is ", Hole("x", shape))))), 0)
        steps, made, taken = [], [], []
        for _ in range(3):
            replies = [_Reply(engine, constraint(place, True)) for _ in range(ROWS)]
            made += [reply.made for reply in replies]
            for _ in range(ASKED):
                start = time.perf_counter()
                network.step(slots, *args)
                middle = time.perf_counter()
                for reply, log_probs in zip(replies, drawn, strict=True):
                    reply.take(log_probs)
                steps.append(middle - start)
                taken.append(time.perf_counter() - middle)
        step, added = statistics.median(steps) * 1e3, statistics.mean(taken) * 1e3
        shares.append(max(0.0, added - plain) / step)
        cells = f"{step:.1f}", f"{added:.2f}", f"{shares[-1]:.1%}", f"{statistics.median(made) * 1e3:.2f}"
        rows.append([type(shape).__name__, *cells])
    return max(shares), rows


class _Reply:
    """A reply without a network: tokens are taken by its grammar, and once it is finished it begins again."""

    def __init__(self, engine: Engine, wanted: Constraint) -> None:
        start = time.perf_counter()
        self._matcher = engine.reader.matchers.of(wanted)
        self.made = time.perf_counter() - start
        self._again = lambda: engine.reader.matchers.of(wanted)
        self._sampler = Sampler(Sampling())
        self._ends = engine.reader.network.card.ends

    def take(self, log_probs: Floats) -> None:
        """Take a token."""
        token = self._sampler.take(log_probs, self._matcher.legal(len(log_probs))).token
        if token not in self._ends:
            self._matcher.consume(token)
        if token in self._ends or self._matcher.is_stopped or self._matcher.closes(self._matcher.forced()):
            self._matcher = self._again()


def main() -> int:
    """Run the bench. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.choose", description=__doc__)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    given = parser.parse_args()
    engine = open_model(given.model)
    assert isinstance(engine, Engine)
    read = passages()
    ids = engine.reader.tokens.encode(" ".join(passage["text"] for passage in read[:20]))[:PROMPT]
    titles = list(dict.fromkeys(passage["title"] for passage in read))
    try:
        found = choices(engine, engine.reader.tokens.decode(ids).decode(errors="ignore"))
        share, shapes = constraints(engine)
        pruned = many(engine, titles)
    finally:
        engine.close()
    ratios = {
        "CHOOSE / ASK": ratio(found, "CHOOSE", "ASK"),
        "one by one / CHOOSE": ratio(found, "one by one", "CHOOSE"),
        "constraints / step": share,
    }
    print(aligned([["", "ms"], *([name, f"{statistics.median(times):.0f}"] for name, times in found.items())]), "\n")
    print(aligned([["options", "all, ms", "best, ms", "ratio", "exact", "moved, nats"], *pruned]), "\n")
    print(aligned([[f"{ROWS} rows", "step, ms", "grammars, ms", "share", "made, ms"], *shapes]), "\n")
    short = [name for name, value in ratios.items() if not BARS[name][0] <= value <= BARS[name][1]]
    for name in short:
        print(f"{name} is {ratios[name]:.2f}, not within {BARS[name][0]} and {BARS[name][1]}")
    print(json.dumps({"bench": "choose", **ratios, "pruned": pruned}))
    return int(given.check and bool(short))


if __name__ == "__main__":
    sys.exit(main())
