"""How much memory the first command takes: building the model, `make run`, and the same on a long text.

python -m bench.memory [--check]. Units: bytes resident at the highest, of a whole process, as the system counts them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.table import aligned
from lotterylang.world.model.source.catalog import CATALOG, DEFAULT
from lotterylang.world.model.source.fetch import fetched, weights_of

LIMIT_BYTES = 1_200_000_000
SENTENCES = 700
"""Of the long text: more than the engine's memory of read texts holds."""

_PEAK = """
import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit)
raise SystemExit(ended.returncode)
"""


_LOT = "from lotterylang.shell.cli import main; main()"


def peak_bytes(words: list[str], environment: dict[str, str]) -> int:
    """Run a command to its end and give its peak. A process of its own asks, since a peak never goes down again."""
    command = [sys.executable, "-c", _PEAK, *words]
    ended = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    return int(ended.stdout.splitlines()[-1])


def long_text() -> str:
    """Invent a text: no sentence stands in it twice."""
    dice = random.Random(7)
    names, trades = ("Berg", "Ito", "Silva", "Okoye", "Novak", "Lund"), ("baker", "smith", "tailor", "printer", "dyer")
    return " ".join(
        f"House {number} of the old harbour was built in {dice.randrange(1700, 1950)} by the {dice.choice(trades)} "
        f"{dice.choice(names)}, and it was sold for {dice.randrange(200, 9000)} crowns after the flood."
        for number in range(1, SENTENCES + 1)
    )


def main() -> int:
    """Measure, print, and with `--check` hold the limit."""
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--check", action="store_true")
    checked = parser.parse_args().check
    entry = CATALOG[DEFAULT]
    fetched(entry, lambda stage, done, total: None)
    show = [sys.executable, "programs/first/show.py"]
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "weights" / weights_of(entry).name
        weights.parent.mkdir()
        weights.symlink_to(weights_of(entry))
        text = Path(folder) / "long.txt"
        text.write_text(long_text(), encoding="utf-8")
        own = {"LOTTERY_HOME": folder}
        found = {
            "build": peak_bytes([sys.executable, "-c", _LOT, "model", "get", DEFAULT], own),
            "make run": peak_bytes(show, own),
            f"make run, a text of {SENTENCES} sentences": peak_bytes([*show, str(text), "who built house 17"], own),
        }
    print(aligned([["job", "peak MB"], *([job, f"{peak / 1e6:.0f}"] for job, peak in found.items())]))
    good = all(peak <= LIMIT_BYTES for peak in found.values())
    print(json.dumps({"bench": "memory", "peak_bytes": found, "limit_bytes": LIMIT_BYTES, "good": good}))
    return 0 if good or not checked else 1


if __name__ == "__main__":
    raise SystemExit(main())
