"""Run the engine's bench: `LOT_DATA=… python -m bench.engine [--check] [--only PART …]`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from bench import results
from bench.engine import batch, latency, nearness, options, speed, warm
from bench.engine.stage import Stage
from bench.peers.environments import weights_of
from bench.rounds import ROUNDS
from bench.table import aligned

PARTS = {
    "speed": speed,
    "nearness": nearness,
    "batch": batch,
    "latency": latency,
    "warm": warm,
    "options": options,
}
ON_CUDA = ("speed", "batch", "latency", "warm", "options")
"""The oracle of nearness is a graph for a CPU."""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--gguf", help="the file of the same weights, for the peers; a catalogue's model has its own")
    parser.add_argument("--only", nargs="*", choices=list(PARTS), help="measure these parts alone")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    parser.add_argument("--keep", action="store_true", help="write the figures to bench/results")
    return parser.parse_args()


def main() -> int:
    """Run the parts, one after another. Gives the exit status."""
    given = arguments()
    stage = Stage(given.model, Path(given.gguf) if given.gguf else weights_of(given.model), given.rounds)
    names = [name for name in PARTS if name in (given.only or PARTS) and (stage.kind == "cpu" or name in ON_CUDA)]
    figures: dict[str, Any] = {}
    short = False
    try:
        for name in names:
            start = time.perf_counter()
            figures[name] = PARTS[name].measure(stage)
            print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
            found = PARTS[name].bars(figures[name])
            print(aligned(PARTS[name].rows(figures[name])), *found, "", sep="\n", flush=True)
            short = short or not all(bar.is_met for bar in found)
    finally:
        stage.engine.close()
    print(json.dumps({"bench": "engine", **figures}))
    if given.keep:
        bench = "engine" if stage.kind == "cpu" else "engine-cuda"
        print(results.keep(bench, figures, f"python -m bench.engine --rounds {given.rounds}"))
    return int(given.check and short)


if __name__ == "__main__":
    sys.exit(main())
