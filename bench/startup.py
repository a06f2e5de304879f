"""How long it takes to begin: `import lotterylang`, and `lot check` of a page. Neither may load a model.

python -m bench.startup [--check]. Units: seconds of a whole process less those of an empty one, median of seven.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

HEAVY = ("numpy", "onnx", "onnxruntime", "gguf", "tokenizers", "llguidance")
PAGE = "programs/first/answer.lot"
LIMITS = {"import": 0.2, "check": 0.5}
COMMANDS = {
    "empty": "pass",
    "import": "import lotterylang",
    "check": f"from lotterylang.shell.cli import lot; lot(['check', '{PAGE}'])",
}
RUNS = 7


def seconds(code: str) -> float:
    """Time one process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - start


def loaded(code: str) -> list[str]:
    """List the heavy packages that a process has loaded at its end."""
    report = f"{code}\nimport sys, json\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    ended = subprocess.run([sys.executable, "-c", report], check=True, capture_output=True, text=True)
    found: list[str] = json.loads(ended.stdout.splitlines()[-1])
    return found


def main() -> int:
    """Measure, print, and with `--check` hold the limits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    checked = parser.parse_args().check
    for code in COMMANDS.values():
        seconds(code)  # the table of the parser and the byte code are there from the first run on
    times = {name: statistics.median(seconds(code) for _ in range(RUNS)) for name, code in COMMANDS.items()}
    found = {name: max(times[name] - times["empty"], 0.0) for name in LIMITS}
    heavy = {name: loaded(COMMANDS[name]) for name in LIMITS}
    for name, limit in LIMITS.items():
        print(f"{name:<8} {found[name]:.3f} s  (limit {limit} s)  heavy packages loaded: {heavy[name] or 'none'}")
    good = all(found[name] <= limit and not heavy[name] for name, limit in LIMITS.items())
    print(json.dumps({"seconds": found, "empty_seconds": times["empty"], "heavy": heavy, "good": good}))
    return 0 if good or not checked else 1


if __name__ == "__main__":
    raise SystemExit(main())
