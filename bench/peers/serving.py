"""What every peer's process does: read an order, time it, answer. Imported by nothing of this project.

Orders: `{"do": "prefill", "ids": […]}`, `{"do": "decode", "ids": […], "count": n}`, and
`{"do": "score", "ids": […], "way": "prefill" or "decode", "file": "….npy"}`. Answers: seconds, and the ids that follow
greedily; to `score` nothing but the file: the log-probabilities of what follows each id, read in one pass or one by
one. Shapes: (ids, vocabulary). Reading the ids of a decode is not timed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

Reading = Callable[[list[int]], int]
"""Reads a text from the start; gives the id that is likeliest to follow."""

Stepping = Callable[[int], int]
"""Reads one id more; gives the id that is likeliest to follow."""

Scoring = Callable[[list[int], str], Iterator[np.ndarray]]
"""Reads a text from the start, in one pass or id by id; yields logits. Shapes: (some ids, vocabulary)."""


def serve(read: Reading, step: Stepping, score: Scoring | None = None) -> None:
    """Answer orders until there are no more."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "score":
            np.save(order["file"], np.concatenate([log_probs(part) for part in score(order["ids"], order["way"])]))
            print(json.dumps({}), flush=True)
        else:
            print(json.dumps(answered(order, read, step)), flush=True)


def answered(order: dict, read: Reading, step: Stepping) -> dict:
    """Carry out one order."""
    start = time.perf_counter()
    ids = [read(order["ids"])]
    if order["do"] == "prefill":
        return {"seconds": time.perf_counter() - start, "ids": ids}
    start = time.perf_counter()
    ids += following(ids[0], order["count"], step)
    return {"seconds": time.perf_counter() - start, "ids": ids}


def following(id: int, count: int, step: Stepping) -> Iterator[int]:
    """Decode greedily."""
    for _ in range(count):
        id = step(id)
        yield id


def log_probs(logits: np.ndarray) -> np.ndarray:
    """Give log-probabilities. Shapes: (n, vocabulary) both."""
    shifted = logits.astype(np.float32) - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True, dtype=np.float64)).astype(np.float32)
