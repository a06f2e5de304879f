"""Ten minutes of coverage-guided fuzzing: only `LotError` leaves scanner, parser, printer and checker.

python -m bench.fuzz [--minutes 10] [--check]. The corpus is made of what is checked in: programs, the cases of
tests/spec, seeds and past crashes of tests/fuzz. atheris is fetched into a folder of its own in the cache.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lotterylang.home import home

ROOT = Path(__file__).parent.parent
ATHERIS = "atheris>=3,<4"
SOURCES = ("tests/fuzz/seeds", "tests/fuzz/crashes", "programs", "stdlib", "tests/spec")


def fuzzer() -> Path:
    """Give the folder with atheris, fetching it first if need be."""
    folder = home() / "peers" / f"atheris-{sys.version_info.major}.{sys.version_info.minor}"
    if not (folder / "atheris").exists():
        print(f"fetching atheris into {folder}", file=sys.stderr, flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), ATHERIS]
        subprocess.run(pip, check=True)
    return folder


def corpus(folder: Path) -> int:
    """Write the corpus: whole files, and the cases of chunked ones. Gives the number of texts."""
    count = 0
    for source in SOURCES:
        for file in sorted((ROOT / source).rglob("*.lot")):
            for text in file.read_text(encoding="utf-8").split("\n---\n"):
                (folder / f"{count:05}.lot").write_text(text, encoding="utf-8")
                count += 1
    return count


def main() -> int:
    """Fuzz. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--check", action="store_true", help="exit 1 where something else than LotError left")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        texts, found = Path(place) / "corpus", Path(place) / "found"
        texts.mkdir(), found.mkdir()
        seeds = corpus(texts)
        paths = os.pathsep.join([str(ROOT), str(fuzzer())])
        command = [sys.executable, str(ROOT / "tests" / "fuzz" / "target.py"), str(texts)]
        command += [
            f"-max_total_time={int(given.minutes * 60)}",
            f"-artifact_prefix={found}/",
            "-timeout=20",
            "-seed=1",
        ]
        ended = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True)
        runs = re.findall(r"#(\d+)\s.*?cov: (\d+)", ended.stderr)
        tried, covered = map(int, runs[-1]) if runs else (0, 0)
        crashes = sorted(found.iterdir())
        for crash in crashes:
            kept = ROOT / "build" / "fuzz" / crash.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(crash, kept)
            print(f"broken by {kept}:\n{ended.stderr[-1500:]}")
    print(
        f"{seeds} seeds, {tried} texts in {given.minutes:g} minutes, {covered} edges covered, {len(crashes)} broke it"
    )
    figures = {"seeds": seeds, "texts": tried, "edges": covered, "crashes": len(crashes), "minutes": given.minutes}
    print(json.dumps({"bench": "fuzz", **figures}))
    return int(given.check and (bool(crashes) or ended.returncode != 0))


if __name__ == "__main__":
    sys.exit(main())
