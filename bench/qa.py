"""Questions answered in at most eight words: by the model alone, with the passage, with what FIND gives, and by dice.

    LOT_DATA=… python -m bench.qa [--items 150] [--model smollm2-135m-instruct] [--check] [--keep]

Natural Questions and PopQA, every n-th question. The passages hold every gold passage among 13 thousand: far easier
than all of Wikipedia. The first run of `python -m bench.knowledge` makes the index that FIND searches. `contains` is
the accuracy that both sets use: an accepted answer occurs in what is said.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bench import results
from bench.answers import asking, measures
from bench.knowledge.material import folder
from bench.prompts import prompt
from bench.rounds import Bar
from bench.statistics import Figure, mean, wilson
from bench.table import aligned
from lotterylang.run.effects import Ask, Asked, Model, Prompt, Turn
from lotterylang.run.shapes import Free, Hole
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.model.embedding.open import open_embedder
from lotterylang.world.model.open import open_model

SETS = ("nq", "popqa")
WORDS = 8
TOGETHER = 16
"""Questions that the engine answers side by side."""

SOLVED = "".join(f"Question: {question}\nAnswer: {answer}\n\n" for _, question, answer in asking.SOLVED)
ALONE = SOLVED + "Question: ${question}\nAnswer:"
SHAPE = Free(shortest=1, longest=80, patterns=(rf"\S+( \S+){{0,{WORDS - 1}}}",))


@dataclass(frozen=True)
class Item:
    """A question, the passage that answers it, the one that FIND gives, and the answers that are accepted."""

    question: str
    gold: str
    found: str
    accepted: tuple[str, ...]
    relation: str


Arm = Callable[[Sequence[Item], Model, Random], list[str]]


def alone(items: Sequence[Item], model: Model, random: Random) -> list[str]:
    """Ask the model without a passage."""
    return _said(model, [prompt(ALONE, {"question": item.question}) for item in items])


def given_gold(items: Sequence[Item], model: Model, random: Random) -> list[str]:
    """Show the model the passage that answers."""
    return _said(model, [prompt(asking.ANSWERED, {"text": one.gold, "question": one.question}) for one in items])


def given_found(items: Sequence[Item], model: Model, random: Random) -> list[str]:
    """Show the model what FIND gives."""
    return _said(model, [prompt(asking.ANSWERED, {"text": one.found, "question": one.question}) for one in items])


def echo(items: Sequence[Item], model: Model, random: Random) -> list[str]:
    """Say the first words of what FIND gives."""
    return [" ".join(item.found.split()[:WORDS]) for item in items]


def drawn(items: Sequence[Item], model: Model, random: Random) -> list[str]:
    """Say any words of what FIND gives, as many as the model may."""
    starts = [(item.found.split(), random.randrange(max(1, len(item.found.split()) - WORDS + 1))) for item in items]
    return [" ".join(words[start : start + WORDS]) for words, start in starts]


def majority(items: Sequence[Item], model: Model, random: Random) -> list[str]:
    """Say what answers most questions of the relation, whatever the question."""
    answers: dict[str, Counter[str]] = {}
    for item in items:
        answers.setdefault(item.relation, Counter()).update(item.accepted)
    return [answers[item.relation].most_common(1)[0][0] for item in items]


ARMS: dict[str, Arm] = {
    "the model alone": alone,
    "with the gold passage": given_gold,
    "with FIND 1 (hybrid)": given_found,
    "echo of what FIND gives": echo,
    "`random` words of it": drawn,
    "the most frequent answer": majority,
}


def _said(model: Model, prompts: Sequence[Prompt]) -> list[str]:
    """Have the model end each prompt in at most eight words."""
    hole = Hole("answer", SHAPE, stops=("\n",), max_tokens=24)
    asks = [Ask("qa", "small", Prompt((Turn(None, (*one.turns[0].parts, " ", hole)),))) for one in prompts]
    found: list[str] = []
    for start in range(0, len(asks), TOGETHER):
        replies = [future.result() for future in model.submit(asks[start : start + TOGETHER])]
        found += [reply.texts[0][1] if isinstance(reply, Asked) else "" for reply in replies]
        print(f"asked: {len(found)} of {len(asks)}", file=sys.stderr, flush=True)
    return found


def loaded(place: Path, name: str, count: int, index: EmbeddedIndex) -> list[Item]:
    """Take every n-th question of a set, with what FIND gives for it."""
    passages = {line["id"]: line["text"] for line in _lines(place / "passages.jsonl")}
    questions = [line for line in _lines(place / f"{name}.jsonl") if line["gold"]]
    chosen = questions[:: max(1, len(questions) // count)][:count]
    return [
        Item(
            line["question"],
            passages[line["gold"][0]],
            passages[index.find(line["question"], 1)[0].document],
            tuple(line["answers"]),
            line.get("relation", ""),
        )
        for line in chosen
    ]


def _lines(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        sys.exit(f"there is no {file}: set LOT_DATA to the folder of data sets")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def figured(said: Sequence[str], items: Sequence[Item]) -> dict[str, Figure]:
    """Give exact match, token F1 and contains, with 95 % intervals."""
    pairs = list(zip(said, items, strict=True))
    return {
        "exact": wilson(sum(measures.exact(one, item.accepted) for one, item in pairs), len(pairs)),
        "f1": mean([measures.overlap(one, item.accepted) for one, item in pairs]),
        "contains": wilson(sum(measures.holds(one, item.accepted) for one, item in pairs), len(pairs)),
    }


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table."""
    table = [["questions", "arm", "exact", "F1", "contains"]]
    for name, arms in figures.items():
        for place, (arm, found) in enumerate(arms["arms"].items()):
            cells = [f"{one['value']:.2f} [{one['low']:.2f}, {one['high']:.2f}]" for one in found.values()]
            table.append([f"{name}, {arms['questions']}" if not place else "", arm, *cells])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached: shown what FIND gives, the model is exact where words of it and it alone are not."""
    found = []
    for name, each in figures.items():
        exact = {arm: one["exact"]["value"] for arm, one in each["arms"].items()}
        gain = exact["with FIND 1 (hybrid)"] - max(exact["the model alone"], exact["`random` words of it"])
        found.append(Bar(f"{name}: exact with FIND, over the model alone and dice", gain, least=0.05))
    return found


def main() -> int:
    """Ask both sets in every way. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.qa", description=__doc__)
    parser.add_argument("--items", type=int, default=150)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    parser.add_argument("--keep", action="store_true", help="write the figures to bench/results")
    given = parser.parse_args()
    place = Path(os.environ.get("LOT_DATA", "../shared/data")) / "qa"
    index = EmbeddedIndex(folder() / "passages.db", open_embedder("all-minilm-l6-v2"), ranking="hybrid")
    if not index.info().documents:
        sys.exit("there is no index yet: run `python -m bench.knowledge --only recall` first")
    model = open_model(given.model)
    figures: dict[str, Any] = {}
    for name in SETS:
        items = loaded(place, name, given.items, index)
        arms = {arm: ask(items, model, Random(f"qa {name}")) for arm, ask in ARMS.items() if _asks(arm, items)}
        figures[name] = {
            "questions": len(items),
            "arms": {arm: {k: v.as_json() for k, v in figured(said, items).items()} for arm, said in arms.items()},
        }
    model.close()
    index.close()
    found = bars(figures)
    print(aligned(rows(figures)), *found, sep="\n")
    print(json.dumps({"bench": "qa", **figures}))
    if given.keep:
        print(results.keep("qa", figures, f"python -m bench.qa --items {given.items}"))
    return int(given.check and not all(bar.is_met for bar in found))


def _asks(arm: str, items: Sequence[Item]) -> bool:
    """Tell whether an arm says something of these questions: only PopQA has relations."""
    return arm != "the most frequent answer" or bool(items[0].relation)


if __name__ == "__main__":
    sys.exit(main())
