"""Soak: hours of random questions on the real model, and nothing is lost, grows, or depends on its company.

python -m bench.soak [--minutes 20] [--check]. Several askers submit questions over shared beginnings, fork, and cancel;
the prefix cache and the batch are so small that texts are evicted and rows paused and restored all the time. Every
reply is computed once more by a second engine, which keeps nothing and has nothing beside it: texts, tokens and
log-probabilities must be the same bits. Units: MB resident in the process, both engines in it.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections import Counter
from concurrent.futures import CancelledError, Future, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.table import aligned
from lotterylang.run.effects import Ask, Choose, ModelEffect, Prompt, Reply, Sampling, Score, Turn
from lotterylang.run.shapes import Fields, Free, Hole, Listing, OneOf, Shape, Whole
from lotterylang.world.model import scheduling
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.network.cpu import CpuNetwork
from lotterylang.world.model.open import ready
from lotterylang.world.model.source.catalog import DEFAULT

PREFIX_TOKENS, ROWS, SPELL, PENDING, ASKERS = 400, 3, 1, 24, 4
"""Positions that the prefix cache keeps, rows, tokens before a row is paused, questions in flight, askers."""

SHARES = (8, 2, 1, 1)
"""How much each asker asks: the first fills the batch, and makes way for the others."""

MOST_GROWTH = 0.05
LOST_S = 300.0
"""Seconds after which a future counts as lost."""

LENGTHS = (3, 15, 40, 100, 200)
"""Words of the beginnings that questions share."""

WORDS = (
    "harbour", "flood", "baker", "crown", "old", "river", "sold", "the", "and", "of", "built", "house", "in",
    "winter", "who", "smith", "seven", "never", "green", "tower", "light", "north", "letter", "was", "under", "stone",
)  # fmt: skip
SHAPES: tuple[Shape, ...] = (
    OneOf(("yes", "no", "nobody knows")),
    Whole(0, 9_999),
    Free(20, 90),
    Free(3, 12, patterns=("[a-z ]+",)),
    Listing(Whole(0, 99), 1, 3),
    Fields((("who", OneOf(("baker", "smith"))), ("year", Whole(1700, 1950)))),
)


class Questions:
    """Draws questions: beginnings are shared, and cut anywhere."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.beginnings = [self.text(length) for length in LENGTHS]

    def text(self, words: int) -> str:
        """Draw words."""
        return " ".join(self.dice.choices(WORDS, k=words))

    def prompt(self, *last: str | Hole) -> Prompt:
        """Draw a prompt that begins as others do; now and then a beginning is replaced."""
        words = self.dice.choice(self.beginnings).split(" ")
        told = " ".join(words[: self.dice.randint(1, len(words))]) + " " + self.text(self.dice.randint(0, 12))
        if self.dice.random() < 0.2:
            place = self.dice.randrange(len(LENGTHS))
            self.beginnings[place] = self.text(LENGTHS[place])
        if self.dice.random() < 0.5:
            return Prompt((Turn("user", (told,)), Turn("assistant", last)))
        return Prompt((Turn(None, (told, ": ", *last)),))

    def drawn(self) -> list[ModelEffect]:
        """Draw a question, or several that fork from one prompt."""
        kind = self.dice.random()
        if kind < 0.15:
            options = tuple(f" {self.text(self.dice.randint(1, 4))}" for _ in range(self.dice.randint(2, 6)))
            return [Choose("p", "m", self.prompt(), tuple(dict.fromkeys(options)))]
        if kind < 0.3:
            return [Score("p", "m", self.prompt(), f" {self.text(self.dice.randint(1, 8))}")]
        holes: list[str | Hole] = []
        for number in range(self.dice.choice((1, 1, 2))):
            holes += [Hole(f"x{number}", self.dice.choice(SHAPES), max_tokens=24), " and "]
        prompt, warmth = self.prompt(*holes[:-1]), self.dice.choice((0.0, 1.0))
        forks = self.dice.choice((1, 1, 1, 2, 8)) if warmth else 1
        return [Ask("p", "m", prompt, Sampling(warmth, 0.95, self.dice.getrandbits(30))) for _ in range(forks)]


def bits(reply: Reply) -> tuple[Reply, Any]:
    """Give what must be equal to the last bit: reply, token ids, log-probabilities."""
    return reply, replace(reply.observed, cached_tokens=0, seconds=0.0)


def resident_mb() -> float:
    """Give what of this process is in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6


class Soak:
    """The engine that is soaked, the one that answers alone, and what came of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.alone = Engine("alone", folder, prefix_bytes=0)
        each = self.alone.reader.network.bytes_per_position
        self.engine = Engine("soaked", folder, prefix_bytes=PREFIX_TOKENS * each)
        self.questions = Questions(seed)
        self.dice = random.Random(seed + 1)
        self.pending: dict[Future[Reply], tuple[ModelEffect, float]] = {}
        self.count: Counter[str] = Counter()
        self.resident: list[float] = []

    def run(self, seconds: float) -> None:
        """Soak for a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while len(self.pending) < PENDING:
                self.submit()
            self.cancel()
            wait(self.pending, timeout=1.0, return_when="FIRST_COMPLETED")
            self.verify(most=4)
            self.resident.append(resident_mb())
        while self.pending:
            done, _ = wait(self.pending, timeout=LOST_S, return_when="FIRST_COMPLETED")
            if not done:
                self.count["lost"] += len(self.pending)
                break
            self.verify(most=len(done))

    def submit(self) -> None:
        """Ask something."""
        effects = self.questions.drawn()
        futures = self.engine.submit(effects, asker=self.dice.choices(range(ASKERS), SHARES)[0])
        self.pending |= {future: (effect, time.monotonic()) for future, effect in zip(futures, effects, strict=True)}
        self.count["questions"] += len(effects)

    def cancel(self) -> None:
        """Give up some of what is asked."""
        for future in list(self.pending):
            if self.dice.random() < 0.03 and future.cancel():
                del self.pending[future]
                self.count["cancelled"] += 1

    def verify(self, most: int) -> None:
        """Compare replies with those of the other engine."""
        done = [future for future in self.pending if future.done()][:most]
        for future in done:
            effect, _ = self.pending.pop(future)
            try:
                reply = future.result()
            except (CancelledError, Exception) as problem:
                self.count["broken"] += 1
                print(f"broken: {problem!r}: {effect}", file=sys.stderr)
                continue
            same = bits(reply) == bits(self.alone.submit([effect])[0].result())
            self.count["equal" if same else "different"] += 1
            if not same:
                print(f"different: {effect}", file=sys.stderr)
        self.count["late"] += sum(time.monotonic() - at > LOST_S for _, at in self.pending.values())

    def growth(self) -> tuple[float, float]:
        """Give the memory after warming up and at the end: medians of a tenth of the time."""
        tenth = max(1, len(self.resident) // 10)
        return statistics.median(self.resident[4 * tenth : 5 * tenth]), statistics.median(self.resident[-tenth:])


def main() -> int:
    """Run the soak. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--check", action="store_true", help="exit 1 where a future is lost, a reply differs, it grows")
    given = parser.parse_args()
    CpuNetwork.most_rows = ROWS  # type: ignore[assignment, method-assign]
    scheduling.SPELL = SPELL
    soak = Soak(ready(DEFAULT), given.seed)
    soak.run(given.minutes * 60)
    warm, end = soak.growth()
    prefixes, count = soak.engine.reader.prefixes, soak.count
    read = {"read_tokens": prefixes.read_tokens, "cached_tokens": prefixes.cached_tokens}
    counts = read | dict(soak.engine.counts)
    good = not (count["lost"] or count["late"] or count["broken"] or count["different"]) and end <= warm * (
        1 + MOST_GROWTH
    )
    names = ("questions", "cancelled", "equal", "different", "broken", "lost", "late")
    rows = [["what", "figure"], *([name, f"{count[name]:,}"] for name in names)]
    rows += [[name.replace("_", " "), f"{value:,}"] for name, value in counts.items()]
    rows += [["MB resident, warm", f"{warm:.0f}"], ["MB resident, at the end", f"{end:.0f}"]]
    print(aligned(rows))
    figures = {name: count[name] for name in names} | counts | {"warm_mb": warm, "end_mb": end}
    print(json.dumps({"bench": "soak", "minutes": given.minutes, **figures, "good": good}))
    soak.engine.close()
    soak.alone.close()
    return int(given.check and not good)


if __name__ == "__main__":
    sys.exit(main())
