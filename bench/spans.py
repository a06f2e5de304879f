"""A question about a text, answered by a part of it or by "not in the text": the program, the model alone, the dice.

    python -m bench.spans [--items 300] [--half even] [--model smollm2-135m-instruct] [--check]

Needs `LOT_DATA` (`qa/nq.jsonl`, `qa/passages.jsonl`). Half of the items have the passage that answers them, the others
that of another question. Askings and the threshold were chosen on questions of odd rank, figures are of even rank. The
last line is JSON. Seconds and tokens: an arm finds in the cache what arms before it have read. `--check` runs ten items
of the odd half and fails where the program does not beat the dice.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic

from bench.answers import decimals, measures
from bench.answers.arms import ARMS, Answer, World, by_overlap, by_question, program_of
from bench.answers.items import Item, loaded, look_alikes
from bench.statistics import Figure, auc, mean, wilson
from lotterylang.run.effects import Asked, Chosen
from lotterylang.world.model.open import open_model

THRESHOLD = 4.5
"""Nats of lift below which the text is taken not to answer the question. Chosen on the odd half."""

DECIMALS = ("alone", "alone, a number", "compare.lot", "program", "dice", "a word")

HEAD = f"{'arm':17s} {'F1':17s} {'exact':17s} {'holds it':17s} {'evidence':17s} {'abstention AUC':17s}   s/item tokens"


@dataclass(frozen=True)
class Line:
    """One arm's answers with what they cost."""

    arm: str
    answers: tuple[Answer, ...]
    seconds: float
    tokens: float


def measured(arm: str, items: Sequence[Item], world: World) -> Line:
    """Run an arm over the items."""
    random, before, begun = Random(f"spans {arm}"), world.tokens, monotonic()
    answers = tuple(ARMS[arm](item, world, random) for item in items)
    return Line(arm, answers, (monotonic() - begun) / len(items), (world.tokens - before) / len(items))


def figured(line: Line, items: Sequence[Item]) -> dict[str, Figure]:
    """Give an arm's figures. F1, exact match and the rest are over the items whose text answers them."""
    pairs = [(answer, item) for answer, item in zip(line.answers, items, strict=True) if item.accepted]
    figures = {
        "f1": mean([measures.overlap(answer.text, item.accepted) for answer, item in pairs]),
        "exact": mean([measures.exact(answer.text, item.accepted) for answer, item in pairs]),
        "holds": mean([measures.holds(answer.text, item.accepted) for answer, item in pairs]),
        "evidence": mean([measures.holds(answer.evidence, item.accepted) for answer, item in pairs]),
        "auc": auc([answer.confidence for answer in line.answers], [bool(item.accepted) for item in items]),
    }
    if line.arm in ("program", "program, weighed"):
        told = [
            (one.confidence > THRESHOLD) == bool(item.accepted) for one, item in zip(line.answers, items, strict=True)
        ]
        figures["told apart"] = wilson(sum(told), len(told))
    return figures


def alike(others: Sequence[Item], items: Sequence[Item], world: World) -> dict[str, Figure]:
    """Give the AUC where the text that does not answer is the one with most of the question's words."""
    figures: dict[str, Figure] = {}
    for name, arm in (("overlap", by_overlap), ("program", by_question)):
        both = [*(item for item in items if item.accepted), *others]
        sure = [arm(item, world, Random(0)).confidence for item in both]
        figures[name] = auc(sure, [place < len(others) for place in range(len(both))])
    return figures


def compared(world: World, count: int, half: str) -> dict[str, Figure]:
    """Run the arms on decimals: the model alone, free and among the numbers; the program; the program with dice."""
    items, dice = decimals.drawn(count, 1 if half == "even" else 0), Random("decimals")
    right: dict[str, list[bool]] = {arm: [] for arm in DECIMALS}
    for item in items:
        free, one, chosen = world.answer([*decimals.alone(item), decimals.relation(item)])
        said = [
            decimals.mentioned(reply.texts[0][1] if isinstance(reply, Asked) else "", item) for reply in (free, one)
        ]
        scores = chosen.scores if isinstance(chosen, Chosen) else (0.0, 0.0)
        thrown = (dice.random(), dice.random())
        ran = str(float(program_of("compare").run(question=item.question).value))
        given = [*said, ran, *(decimals.compared(item, two) for two in (scores, thrown, decimals.by_word(item)))]
        for arm, number in zip(right, given, strict=True):
            right[arm].append(bool(number) and float(number) == float(item.right))
    return {arm: wilson(sum(hits), len(hits)) for arm, hits in right.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the arms, print the tables and the last line."""
    given = _arguments(arguments)
    folder = Path(os.environ.get("LOT_DATA", "../shared/data"))
    if not (folder / "qa" / "nq.jsonl").exists():
        sys.exit(f"{folder} has no qa/nq.jsonl: set LOT_DATA to the folder of the data sets")
    items = loaded(folder, given.half, given.items)
    world = World(open_model(given.model))
    print(f"{len(items)} items of {given.half} rank, {given.model}\n{HEAD}", flush=True)
    figures: dict[str, dict[str, Figure]] = {}
    for arm in given.arms.split(";"):
        line = measured(arm, items, world)
        figures[arm] = figured(line, items)
        print(row(line, figures[arm]), flush=True)
    for name, figure in alike(look_alikes(folder, items), items, world).items():
        figures.setdefault(name, {})["look-alike"] = figure
        print(f"AUC against look-alikes, {name}: {figure}", flush=True)
    numbers = compared(world, given.decimals, given.half)
    print("\n" + "\n".join(f"decimals, {arm:16s} {figure}" for arm, figure in numbers.items()))
    world.model.close()
    print(json.dumps(summary(given, figures, numbers)))
    return int(given.check and figures["program"]["f1"].value <= figures["random"]["f1"].value)


def summary(
    given: argparse.Namespace, figures: Mapping[str, Mapping[str, Figure]], numbers: Mapping[str, Figure]
) -> dict[str, object]:
    """Give what the last line holds."""
    return {
        "bench": "spans",
        "items": given.items,
        "half": given.half,
        "model": given.model,
        "arms": {arm: {name: figure.as_json() for name, figure in of.items()} for arm, of in figures.items()},
        "decimals": {arm: figure.as_json() for arm, figure in numbers.items()},
    }


def row(line: Line, figures: Mapping[str, Figure]) -> str:
    """Write an arm's line of the table."""
    cells = [f"{figures[name]!s:17s}" for name in ("f1", "exact", "holds", "evidence", "auc")]
    told = f"  told apart at {THRESHOLD} nats: {figures['told apart']}" if "told apart" in figures else ""
    return f"{line.arm:17s} {' '.join(cells)} {line.seconds:6.2f} {line.tokens:7.0f}{told}"


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.spans", description=__doc__)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--arms", default=";".join(ARMS), help="names with `;` between")
    parser.add_argument("--decimals", type=int, default=60)
    parser.add_argument("--half", choices=("odd", "even"), default="even")
    parser.add_argument("--model", default="smollm2-135m-instruct", help="of all arms but `.lot`, which name their own")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    if given.check:
        given.items, given.decimals, given.half, given.arms = 10, 8, "odd", ";".join(ARMS)
    return given


if __name__ == "__main__":
    sys.exit(main())
