"""Bench: of hundreds of options only the best, against all of them: `LOT_DATA=… python -m bench.pruning`.

The options are titles of an encyclopedia, the prompt was read before, and both arms take turns. `exact` says how many
options were read to their end; `moved` by how much the scores of the best two differ between the arms (nats), since
on 8-bit weights a score depends on what is read beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

from bench.rounds import Bar, ratio
from bench.table import aligned
from lotterylang.run.effects import Choose, Chosen, Prompt, Turn
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.open import open_model

COUNTS, ROUNDS = (100, 200, 400), 3
LEAST_GAIN = 1.5
PROMPT = Prompt((Turn(None, ("An article of the encyclopedia about a river in Europe has the title:",)),))


def titles() -> list[str]:
    """Read the titles of an encyclopedia, each once."""
    with (Path(os.environ["LOT_DATA"]) / "qa" / "passages.jsonl").open(encoding="utf-8") as lines:
        return list(dict.fromkeys(json.loads(line)["title"] for line in lines))


def measure(engine: Engine, among: tuple[str, ...]) -> dict[str, float]:
    """Have both arms take turns over the same options. Units: seconds, options, nats."""
    arms = {"all": Choose("bench", "m", PROMPT, among), "best": Choose("bench", "m", PROMPT, among, only_best=True)}
    seconds: dict[str, list[float]] = {name: [] for name in arms}
    replies: dict[str, Chosen] = {}
    for number in range(ROUNDS + 1):
        for name, effect in arms.items():
            engine.forget()
            start = time.perf_counter()
            reply = engine.submit([effect])[0].result()
            assert isinstance(reply, Chosen)
            replies[name] = reply
            if number:  # the first is for warming up
                seconds[name].append(time.perf_counter() - start)
    best_two = [sorted(reply.scores)[-2:] for reply in replies.values()]
    return {
        **{name: statistics.median(found) for name, found in seconds.items()},
        "gain": ratio(seconds["all"], seconds["best"]),
        "exact": len(among) - len(replies["best"].bounds),
        "moved": max(abs(one - other) for one, other in zip(*best_two, strict=True)),
    }


def main() -> int:
    """Run the bench. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.pruning", description=__doc__)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    given = parser.parse_args()
    engine = open_model(given.model)
    assert isinstance(engine, Engine)
    named = titles()
    try:
        found = {count: measure(engine, tuple(f" {title}" for title in named[:count])) for count in COUNTS}
    finally:
        engine.close()
    rows = [["options", "all, ms", "best, ms", "times as fast", "exact", "moved, nats"]]
    for count, one in found.items():
        times = (f"{one['all'] * 1e3:.0f}", f"{one['best'] * 1e3:.0f}", f"{one['gain']:.1f}")
        rows.append([str(count), *times, f"{one['exact']:.0f}", f"{one['moved']:.3f}"])
    print(aligned(rows), "\n")
    bars = [Bar(f"{count} options, times as fast", one["gain"], least=LEAST_GAIN) for count, one in found.items()]
    print("\n".join(str(bar) for bar in bars))
    print(json.dumps({"bench": "pruning", **{str(count): one for count, one in found.items()}}))
    return int(given.check and not all(bar.is_met for bar in bars))


if __name__ == "__main__":
    sys.exit(main())
