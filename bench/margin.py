"""Under which margin a choice is noise: how often what should not matter turns a choice over, by its margin.

python -m bench.margin [--items 40]. Items of `bench.decisions` are decided in every way of asking: with 8 bits; in full
precision; and with 8 bits in two wordings that say the same. A choice with so small a margin that another wording
chooses otherwise in more than one of four cases is none: `lotterylang/shell/margin.py` holds the figure. Units: nats.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bench.decisions.asked import DECISIONS
from bench.decisions.asking import Asking
from bench.decisions.items import drawn
from bench.decisions.measure import Decision, answers
from bench.table import aligned
from lotterylang.shell.margin import CANNOT_TELL
from lotterylang.world.model.open import open_model
from lotterylang.world.model.source.catalog import DEFAULT

TURNED_SHARE = 1 / 4
"""Share of choices that turn over, above which a margin tells nothing."""

EDGES = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0)
SEED = 11

Rows = list[Sequence[float]]


def _small_labels(prompt: str) -> str:
    """Begin the labels of lines with a small letter: `question:` for `Question:`."""
    return re.sub(r"(?m)^[A-Z](?=[\w ]{0,30}:)", lambda found: found[0].lower(), prompt)


def _line_before(prompt: str) -> str:
    """Put a line before that says nothing of the matter."""
    role = re.match(r"(system|user|assistant): ", prompt)
    start = role.end() if role else 0
    return f"{prompt[:start]}Please read this with care.\n\n{prompt[start:]}"


ARMS: dict[str, tuple[str, Callable[[str], str]]] = {
    "8 bits": ("int8", lambda prompt: prompt),
    "full precision": ("fp32", lambda prompt: prompt),
    "small labels": ("int8", _small_labels),
    "a line before": ("int8", _line_before),
}
WORDINGS = ("small labels", "a line before")


@dataclass(frozen=True)
class Choice:
    """One choice with 8 bits: its margin, whether it is right, and which arms choose otherwise. Arms of the same prompt
    are left out of `turned`."""

    way: str
    margin: float
    right: bool
    turned: dict[str, bool]


def choices(decisions: Sequence[Decision], count: int) -> list[Choice]:
    """Decide the items of decisions in every way, in every arm."""
    cases = [(asking, drawn(decision.draw, SEED, count)) for decision in decisions for asking in decision.chosen]
    rows: dict[str, Rows] = {}
    for arm, (precision, reword) in ARMS.items():
        model = open_model(f"{DEFAULT}:{precision}")
        rows[arm] = []
        for asking, items in cases:
            print(f"{arm}: {asking.way} …", file=sys.stderr, flush=True)
            rows[arm] += answers(replace(asking, prompt=reword(asking.prompt)), items, model)
        model.close()
    each = [(asking, item.right) for asking, items in cases for item in items]
    return [
        _choice(asking, right, {arm: rows[arm][place] for arm in ARMS}) for place, (asking, right) in enumerate(each)
    ]


def threshold(found: Sequence[Choice]) -> float:
    """Give the largest margin under which more than the share of wordings turn choices over; 0 if there is none."""
    turned, seen, largest = 0, 0, 0.0
    for choice in sorted(found, key=lambda choice: choice.margin):
        said = [choice.turned[arm] for arm in WORDINGS if arm in choice.turned]
        turned, seen = turned + sum(said), seen + len(said)
        if turned > TURNED_SHARE * seen:
            largest = choice.margin
    return largest


def _choice(asking: Asking, right: int, scores: dict[str, Sequence[float]]) -> Choice:
    best = {arm: max(range(len(row)), key=lambda i, row=row: row[i]) for arm, row in scores.items()}
    top, second, *_ = sorted(scores["8 bits"], reverse=True)
    differ = [
        arm
        for arm, (precision, reword) in ARMS.items()
        if precision != "int8" or reword(asking.prompt) != asking.prompt
    ]
    turned = {arm: best[arm] != best["8 bits"] for arm in differ}
    return Choice(asking.way, top - second, best["8 bits"] == right, turned)


def _row(name: str, found: Sequence[Choice]) -> list[str]:
    def share(arms: Sequence[str]) -> str:
        said = [choice.turned[arm] for choice in found for arm in arms if arm in choice.turned]
        return f"{sum(said)} of {len(said)}"

    right = f"{sum(choice.right for choice in found)} of {len(found)}"
    return [name, share(["full precision"]), share(WORDINGS), right]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.margin", description=__doc__)
    parser.add_argument("--items", type=int, default=40)
    parser.add_argument("--decision", action="append", choices=[one.name for one in DECISIONS], help="only these")
    given = parser.parse_args()
    names = given.decision or ["tool", "verify"]
    found = choices([one for one in DECISIONS if one.name in names], given.items)
    measured = threshold(found)
    table = [["margin under", "turned by precision", "turned by wording", "right"]]
    for low, high in pairwise([0.0, *EDGES, float("inf")]):
        table.append(_row(f"{high:g}", [choice for choice in found if low <= choice.margin < high]))
    for way in dict.fromkeys(choice.way for choice in found):
        of_way = [choice for choice in found if choice.way == way]
        table.append(_row(f"{way}: all", of_way))
        table.append(_row(f"{way}: under {CANNOT_TELL}", [choice for choice in of_way if choice.margin < CANNOT_TELL]))
    print(aligned(table))
    print(
        f"more than {TURNED_SHARE:g} of the wordings turn choices over under {measured:.3f} nats; held: {CANNOT_TELL}"
    )
    each = [[choice.way, round(choice.margin, 4), choice.right, choice.turned] for choice in found]
    data = {"bench": "margin", "decisions": names, "threshold": measured, "held": CANNOT_TELL, "choices": each}
    print(json.dumps(data))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
