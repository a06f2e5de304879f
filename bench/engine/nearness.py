"""How near the rounded weights of each engine stay to the same weights in fp32, read in one pass and step by step.

Two texts of 512 tokens of Wikipedia, each token predicted from those before it; the oracle is Optimum's fp32 export
(`lot model export`). Next door: `bench/fidelity.py` holds our variants against the same oracle.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from bench import fidelity
from bench.engine.speed import scoring
from bench.engine.stage import Stage
from bench.rounds import Bar

TEXTS = 2
WAYS = ("prefill", "decode")


def measure(stage: Stage) -> dict[str, Any]:
    """Hold ours, llama.cpp and onnxruntime-genai against the oracle, on the same texts."""
    rows = fidelity.tokens()[:TEXTS]
    oracle, _ = fidelity.oracle_of(rows)
    found = {"LotteryLang": {way: _near(_ours(stage.network, rows, way), rows, oracle) for way in WAYS}}
    others = scoring(stage)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "found.npy"
            for peer in others:
                found[peer.name] = {way: _near(_theirs(peer, file, rows, way), rows, oracle) for way in WAYS}
    finally:
        for peer in others:
            peer.close()
    return found


def _ours(network: Any, rows: list[list[int]], way: str) -> Any:
    """Yield log-probabilities text by text. Shapes: (length - 1, vocabulary)."""
    read = [ids[:-1] for ids in rows]
    if way == "prefill":
        return (np.concatenate(list(fidelity.in_one_pass(network, ids))) for ids in read)
    return (np.concatenate(list(fidelity.step_by_step(network, [ids]))) for ids in read)


def _theirs(peer: Any, file: Path, rows: list[list[int]], way: str) -> Any:
    for ids in rows:
        peer.order(do="score", ids=ids[:-1], way=way, file=str(file))
        yield np.load(file, mmap_mode="r")


def _near(texts: Any, rows: list[list[int]], oracle: np.ndarray) -> dict[str, float]:
    near = fidelity.Nearness()
    for wanted, found, ids in zip(oracle, texts, rows, strict=True):
        for start in range(0, len(wanted), fidelity.ROWS):
            part = slice(start, start + fidelity.ROWS)
            near.add(wanted[part], found[part], np.array(ids[1:])[part])
    return near.figures()


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table."""
    table = [["engine", "one pass: KL", "top-1", "step by step: KL", "top-1"]]
    for name, found in figures.items():
        cells = [cell for way in WAYS for cell in (f"{found[way]['kl']:.4f}", f"{found[way]['top_1']:.1%}")]
        table.append([name, *cells])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached: no farther than llama.cpp, either way."""
    ours, theirs = figures["LotteryLang"], figures["llama.cpp"]
    return [Bar(f"KL, {way}, beside llama.cpp", ours[way]["kl"], most=theirs[way]["kl"]) for way in WAYS]
