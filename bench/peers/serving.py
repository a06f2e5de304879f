"""What every peer's process does: read an order, time it, answer. Imported by nothing of this project.

Orders: `{"do": "prefill", "ids": […]}` and `{"do": "decode", "ids": […], "count": n}`. Answers: seconds, and the ids
that follow greedily. Reading the ids of a decode is not timed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator

Reading = Callable[[list[int]], int]
"""Reads a text from the start; gives the id that is likeliest to follow."""

Stepping = Callable[[int], int]
"""Reads one id more; gives the id that is likeliest to follow."""


def serve(read: Reading, step: Stepping) -> None:
    """Answer orders until there are no more."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
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
