"""Run the bench of knowledge: `LOT_DATA=… python -m bench.knowledge [--check] [--keep] [--only PART …]`.

The first time it embeds 13 thousand passages and 100,000 windows of them, some twenty minutes on two cores, and keeps
them in the models' folder (half a gigabyte).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from bench import results
from bench.knowledge import recall, search, throughput
from bench.table import aligned
from lotterylang.world.model import device
from lotterylang.world.model.embedding.open import open_embedder

PARTS = {"recall": recall, "throughput": throughput, "search": search}


def main() -> int:
    """Run the parts, one after another. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.knowledge", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(PARTS), help="measure these parts alone")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    parser.add_argument("--keep", action="store_true", help="write the figures to bench/results")
    given = parser.parse_args()
    embedder = open_embedder()
    figures: dict[str, Any] = {}
    short = False
    for name in [name for name in PARTS if name in (given.only or PARTS)]:
        begun = time.perf_counter()
        figures[name] = PARTS[name].measure(embedder)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
        found = PARTS[name].bars(figures[name])
        print(aligned(PARTS[name].rows(figures[name])), *found, "", sep="\n", flush=True)
        short = short or not all(bar.is_met for bar in found)
    print(json.dumps({"bench": "knowledge", **figures}))
    if given.keep:
        bench = "knowledge" if device.without_cuda() else "knowledge-cuda"
        print(results.keep(bench, figures, "python -m bench.knowledge"))
    return int(given.check and short)


if __name__ == "__main__":
    sys.exit(main())
