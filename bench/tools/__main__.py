"""Run the bench of tools: `LOT_DATA=… python -m bench.tools [--items N] [--check]`.

Needs `LOT_DATA` (`tools/bfcl_*.jsonl`). All functions are searched for each question; then the model, dice and the
first of what is legal fill call holes; then the model does so for the one function that a search finds. `--check`
exits with 1 where the model is no better than dice.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from bench.statistics import Figure
from bench.table import aligned
from bench.tools.items import KINDS, Function, Item, loaded
from bench.tools.measure import COLUMNS, PLACES, RANKINGS, by_chance, called, found
from bench.tools.programs import written

ARMS = ("random", "first")


def main() -> int:
    """Measure, print the tables and the last line."""
    parser = argparse.ArgumentParser(prog="python -m bench.tools", description=__doc__)
    parser.add_argument("--items", type=int, default=0, help="so many of each kind (0: all)")
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    folder = Path(os.environ.get("LOT_DATA", "../shared/data")) / "tools"
    if not (folder / "bfcl_multiple.jsonl").exists():
        sys.exit(f"{folder} has no bfcl_multiple.jsonl: set LOT_DATA to the folder of the data sets")
    items = loaded(folder)
    searched = _searched(items)
    writable = [item for item in items if written(item, may_be_none=True) is not None]
    print(f"{len(items) - len(writable)} of {len(items)} items need what no hole holds, and are left out of the calls")
    some = _some(writable, given.items)
    arms = {arm: called(some, arm) for arm in (given.model, *ARMS)}
    lists = RANKINGS["hybrid"]()
    arms[f"FIND 1, {given.model}"] = called(some, given.model, lists)
    lists.close()
    _show_calls(arms)
    written_arms = {arm: {name: figure.as_json() for name, figure in one.items()} for arm, one in arms.items()}
    print(json.dumps({"bench": "tools", "items": given.items, "found": searched, "called": written_arms}))
    model, dice = arms[given.model], arms["random"]
    return int(given.check and any(model[name].value <= dice[name].value for name in ("call", "call of one")))


def _searched(items: list[Item]) -> dict[str, dict[str, float]]:
    functions: dict[str, Function] = {}
    for item in items:
        for function in item.functions:
            functions.setdefault(function.name, function)
    every = list(functions.values())
    rows = [["searched", *(f"recall@{k}" for k in PLACES)]]
    told: dict[str, dict[str, float]] = {}
    for name, opened in RANKINGS.items():
        lists = opened()
        shares = found(items, every, lists)
        lists.close()
        rows.append([name, *map(str, shares.values())])
        told[name] = {at: round(share.value, 4) for at, share in shares.items()}
    chance = by_chance(every)
    rows.append(["dice", *(f"{share:.3f}" for share in chance.values())])
    print(
        f"{len(every)} functions, {sum(item.right is not None for item in items)} questions\n{aligned(rows)}\n",
        flush=True,
    )
    return told


def _some(items: list[Item], count: int) -> list[Item]:
    return [item for kind in KINDS for item in [each for each in items if each.kind == kind][: count or None]]


def _show_calls(arms: dict[str, dict[str, Figure]]) -> None:
    rows = [["arm", *COLUMNS.values()]]
    rows += [[arm, *(str(one[name]) if name in one else "" for name in COLUMNS)] for arm, one in arms.items()]
    print(aligned(rows))


if __name__ == "__main__":
    sys.exit(main())
