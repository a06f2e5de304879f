"""Bench: which decisions the base model can carry, and asked how. Run as `python -m bench.decisions`.

Items are generated; askings were chosen on the development seed and frozen; figures come from a seed and a half of the
material that no asking was tuned on. `--explore` shows every asking that was tried, on the development seed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from bench.decisions.asked import DECISIONS
from bench.decisions.asking import WAYS
from bench.decisions.items import DEVELOPMENT, drawn
from bench.decisions.measure import Arm, Decision, answers, arm, best_threshold, measured
from bench.table import aligned
from lotterylang.run.effects import Model
from lotterylang.world.model.open import open_model

UNDER = 0.7
"""A decision whose best AUC is under this is not the base model's job."""

Found = dict[str, dict[str, Arm]]


def figures(decisions: Sequence[Decision], model: Model, seed: int, count: int) -> Found:
    """Measure decisions, telling on the error channel how far it is."""
    dice = (open_model("random", seed), open_model("first"))
    found: Found = {}
    for decision in decisions:
        print(f"{decision.name} …", file=sys.stderr, flush=True)
        found[decision.name] = measured(decision, drawn(decision.draw, seed, count), model, dice)
    return found


def show(decisions: Sequence[Decision], found: Found) -> None:
    """Print the table, then the decisions that the model does not get."""
    rows = [["decision", "tried", "arm", "AUC", "accuracy", "AUC by kind"]]
    for decision in decisions:
        for place, (name, one) in enumerate(found[decision.name].items()):
            kinds = ", ".join(f"{kind} {value:.2f}" for kind, value in one.kinds.items()) if len(one.kinds) > 1 else ""
            head = [decision.name, str(decision.tried)] if place == 0 else ["", ""]
            rows.append([*head, name, str(one.auc), str(one.accuracy), kinds])
    print(aligned(rows))
    for name in not_given(found):
        print(f"under {UNDER}: {name}: not the base model's job")


def best(arms: dict[str, Arm]) -> tuple[str, float]:
    """Give the model's best way and its AUC."""
    way = max((way for way in WAYS if way in arms), key=lambda way: arms[way].auc.value)
    return way, arms[way].auc.value


def not_given(found: Found) -> list[str]:
    """Name the decisions that the model does not get."""
    return [name for name, arms in found.items() if best(arms)[1] < UNDER]


def shortfalls(decisions: Sequence[Decision], found: Found, count: int) -> list[str]:
    """Say what is missing or contradicts itself, and which bar falls short."""
    said = []
    for decision in decisions:
        arms = found.get(decision.name, {})
        missing = {*WAYS, "random", "first", "rule"} - set(arms)
        if missing:
            said.append(f"{decision.name} lacks {', '.join(sorted(missing))}")
            continue
        broken = [n for n, a in arms.items() for f in (a.auc, a.accuracy) if not 0 <= f.low <= f.value <= f.high <= 1]
        said += [f"{decision.name}: {name} contradicts itself" for name in broken]
        way, value = best(arms)
        if decision.bar is not None and count >= 200 and value < decision.bar:
            said.append(f"{decision.name}: best AUC {value:.3f} ({way}) is under {decision.bar}")
    return said


def explore(decisions: Sequence[Decision], model: Model, count: int) -> None:
    """Print every asking that was tried, on the development seed: the choice is made by this and nothing else."""
    rows = [["decision", "way", "AUC", "accuracy", "best threshold", "prompt", "texts"]]
    for decision in decisions:
        items = drawn(decision.draw, DEVELOPMENT, count)
        for place, asking in enumerate((*decision.chosen, *decision.dropped)):
            scores = answers(asking, items, model)
            one = arm(items, scores)
            at, share = best_threshold(items, scores) if len(items[0].options) == 2 else (0.0, one.accuracy.value)
            mark = "*" if place < len(decision.chosen) else " "
            row = [
                decision.name,
                asking.way + mark,
                str(one.auc),
                f"{one.accuracy.value:.2f}",
                f"{at + asking.above:.2f} {share:.2f}",
            ]
            rows.append([*row, repr(asking.prompt[-110:]), repr(asking.texts)[:60]])
            print("  ".join(rows[-1]), file=sys.stderr, flush=True)
    print(aligned(rows))


def as_json(decisions: Sequence[Decision], found: Found, given: argparse.Namespace, model: str) -> str:
    """Write the last line."""
    return json.dumps(
        {
            "bench": "decisions",
            "model": model,
            "items": given.items,
            "seed": given.seed,
            "tried": {decision.name: decision.tried for decision in decisions},
            "bars": {decision.name: decision.bar for decision in decisions if decision.bar is not None},
            "figures": {name: {arm: one.as_json() for arm, one in arms.items()} for name, arms in found.items()},
            "not_given": not_given(found),
        }
    )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.decisions", description=__doc__)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7, help=f"{DEVELOPMENT} is the development seed")
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--fp32", action="store_true", help="full precision instead of int8")
    parser.add_argument("--decision", action="append", choices=[one.name for one in DECISIONS], help="only these")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    parser.add_argument("--explore", action="store_true", help="show all askings, on the development seed")
    return parser.parse_args()


def main() -> int:
    """Run the bench. Gives the exit status."""
    given = arguments()
    decisions = [one for one in DECISIONS if given.decision is None or one.name in given.decision]
    spec = f"{given.model}:fp32" if given.fp32 else given.model
    model = open_model(spec)
    try:
        if given.explore:
            explore(decisions, model, given.items)
            return 0
        found = figures(decisions, model, given.seed, given.items)
    finally:
        model.close()
    show(decisions, found)
    short = shortfalls(decisions, found, given.items)
    for line in short:
        print(line)
    print(as_json(decisions, found, given, spec))
    return int(given.check and bool(short))


if __name__ == "__main__":
    sys.exit(main())
