"""How near a built model is to the model itself: every variant, both ways of reading, against Optimum's fp32 graph.

python -m bench.fidelity [--check] [--variants :fp32 :int8?prune=2:4 …]. Four texts of 512 tokens, joined from passages
of Wikipedia in `LOT_DATA`, each token predicted from those before it: read in one pass, and step by step. The oracle
comes from `lot model export smollm2-135m-instruct`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.table import aligned

MODEL = "smollm2-135m-instruct"
VARIANTS = (
    ":int8",
    ":fp32",
    ":int4-exact",
    ":int4",
    ":int8?prune=0.3",
    ":int8?prune=0.5",
    ":int8?prune=2:4",
    ":int8?window=256,4",
    ":int8?window=128,4",
    ":int8?window=128",
)
TEXTS, LENGTH = 4, 512
LEAST_TOP_1, MOST_KL = 0.995, 0.006
ROWS = 64


@dataclass
class Nearness:
    """What is added up over positions: agreements on the likeliest token, KL(oracle, variant), -log p of the text."""

    positions: int = 0
    same: int = 0
    divergence: float = 0.0
    surprise: float = 0.0

    def add(self, wanted: np.ndarray, found: np.ndarray, following: np.ndarray) -> None:
        """Add some positions. Shapes: log-probabilities (n, vocabulary), the tokens that follow (n)."""
        self.positions += len(wanted)
        self.same += int((wanted.argmax(axis=1) == found.argmax(axis=1)).sum())
        self.divergence += float((np.exp(wanted) * (wanted - found)).sum(dtype=np.float64))
        self.surprise -= float(found[np.arange(len(found)), following].sum(dtype=np.float64))

    def figures(self) -> dict[str, float]:
        """Give top-1 agreement, mean KL in nats, and perplexity."""
        count = self.positions
        mean = {"top_1": self.same / count, "kl": self.divergence / count}
        return {**mean, "perplexity": float(np.exp(self.surprise / count))}


def texts() -> list[str]:
    """Join passages in the order of the file into texts that are long enough."""
    path = Path(os.environ.get("LOT_DATA", "../shared/data")) / "qa" / "passages.jsonl"
    if not path.exists():
        sys.exit(f"there is no {path}: set LOT_DATA to the folder of data sets")
    with path.open(encoding="utf-8") as file:
        passages = [json.loads(line)["text"] for _, line in zip(range(TEXTS * 40), file, strict=False)]
    return ["\n\n".join(passages[start : start + 40]) for start in range(0, len(passages), 40)]


def in_one_pass(network: Any, ids: list[int]) -> Iterator[np.ndarray]:
    """Yield log-probabilities after each token, 64 rows at a time, read in one pass."""
    count = len(ids)
    causal = np.where(np.tri(count, dtype=np.bool_), np.float32(0), np.float32(-np.inf))
    hidden = network.branch(network.memory(1, count + 1), 0, np.array(ids), np.arange(count), causal)
    for start in range(0, count, ROWS):
        yield network.log_probs(hidden[start : start + ROWS])


def step_by_step(network: Any, rows: list[list[int]]) -> Iterator[np.ndarray]:
    """Yield log-probabilities after each token of all texts, one step at a time. Shapes: -> (texts, vocabulary)."""
    slots = network.slots(len(rows), len(rows[0]) + 1)
    begun = [network.memory(1, 2) for _ in rows]
    yield network.log_probs(np.array([network.extend(one, 0, ids[:1]) for one, ids in zip(begun, rows, strict=True)]))
    for row, one in enumerate(begun):
        slots.copy(one, 0, row, 1)
    for place, ids in enumerate(zip(*(ids[1:] for ids in rows), strict=True), start=1):
        yield network.step(slots, np.full(len(rows), place), np.array(ids), list(range(len(rows))))


def measured(network: Any, rows: list[list[int]], oracle: np.ndarray) -> dict[str, dict[str, float]]:
    """Hold both ways of reading against the oracle, and the second against the first.

    Shapes: oracle (texts, length - 1, vocabulary).
    """
    once = np.empty_like(oracle)
    for text, ids in enumerate(rows):
        once[text] = np.concatenate(list(in_one_pass(network, ids[:-1])))
    near, apart, between = Nearness(), Nearness(), Nearness()
    following = np.array(rows)[:, 1:]
    for text, ids in enumerate(following):
        for start in range(0, len(ids), ROWS):
            part = slice(start, start + ROWS)
            near.add(oracle[text, part], once[text, part], ids[part])
    for place, found in enumerate(step_by_step(network, [ids[:-1] for ids in rows])):
        apart.add(oracle[:, place], found, following[:, place])
        between.add(once[:, place], found, following[:, place])
    return {"prefill": near.figures(), "decode": apart.figures(), "decode against prefill": between.figures()}


def oracle_of(rows: list[list[int]]) -> tuple[np.ndarray, dict[str, float]]:
    """Give the oracle's log-probabilities, and its own perplexity."""
    from lotterylang.world.model.export import folder_of
    from lotterylang.world.model.network.exported import ExportedNetwork

    folder = folder_of(MODEL)
    if folder is None:
        sys.exit(f"there is no oracle yet: lot model export {MODEL}")
    network = ExportedNetwork(folder)
    found = np.array([np.concatenate(list(in_one_pass(network, ids[:-1]))) for ids in rows])
    own = Nearness()
    for text, ids in enumerate(rows):
        own.add(found[text], found[text], np.array(ids[1:]))
    return found, own.figures()


def tokens() -> list[list[int]]:
    """Encode the texts, each cut to the same length."""
    from lotterylang.world.model.build.folder import TOKENIZER
    from lotterylang.world.model.open import ready
    from lotterylang.world.model.tokenizer import Tokens

    encoder = Tokens(ready(MODEL) / TOKENIZER)
    found = [encoder.encode(text)[: LENGTH + 1] for text in texts()]
    assert all(len(ids) == LENGTH + 1 for ids in found), "a text is too short"
    return found


def opened(variant: str) -> Any:
    """Open a variant of the model."""
    from lotterylang.recipe import parted
    from lotterylang.world.model.network import opening
    from lotterylang.world.model.open import ready

    return opening.opened(ready(f"{MODEL}{variant}"), parted(f"{MODEL}{variant}")[1].window)


def row(variant: str, found: dict[str, dict[str, float]]) -> list[str]:
    """Write the figures of a variant as a row of the table."""
    cells = [variant]
    for way in ("prefill", "decode"):
        one = found[way]
        cells += [f"{one['top_1']:.1%}", positive(one["kl"]), f"{one['perplexity']:.2f}"]
    between = found["decode against prefill"]
    return [*cells, f"{between['top_1']:.1%}", positive(between["kl"])]


def positive(divergence: float) -> str:
    """Write a divergence; what float32 leaves of zero has a sign."""
    return f"{round(divergence, 4) + 0.0:.4f}"


def short_of(found: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """List the bars that are not reached."""
    short = []
    for way in ("prefill", "decode"):
        if ":fp32" in found and found[":fp32"][way]["top_1"] < LEAST_TOP_1:
            short.append(f"fp32 {way}: top-1 {found[':fp32'][way]['top_1']:.4f} < {LEAST_TOP_1}")
        if ":int8" in found and found[":int8"][way]["kl"] > MOST_KL:
            short.append(f"int8 {way}: KL {found[':int8'][way]['kl']:.4f} > {MOST_KL}")
    return short


def main() -> int:
    """Measure, print, and with `--check` hold the bars."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--variants", nargs="*", default=list(VARIANTS))
    asked = parser.parse_args()
    rows = tokens()
    oracle, own = oracle_of(rows)
    found = {}
    for variant in asked.variants:
        found[variant] = measured(opened(variant), rows, oracle)
        print(f"{variant}: measured", file=sys.stderr, flush=True)
    head = ["variant", "prefill top-1", "KL", "perplexity", "decode top-1", "KL", "perplexity", "between top-1", "KL"]
    print(f"{TEXTS} texts of {LENGTH} tokens; the oracle's perplexity is {own['perplexity']:.2f}; KL in nats")
    print(aligned([head, *(row(variant, one) for variant, one in found.items())]))
    short = short_of(found)
    for line in short:
        print(line)
    print(json.dumps({"oracle": own, "variants": found, "good": not short}))
    return 1 if short and asked.check else 0


if __name__ == "__main__":
    raise SystemExit(main())
