"""Waiting: how llama.cpp's threads wait for one another, chosen by what is faster on this machine at this time.

By default they keep their cores busy, which is fastest where nobody else wants these; where somebody does, it can take
twenty times as long as letting go of the core. So both are tried first, and a peer is held to its better one.
"""

from __future__ import annotations

import statistics
import sys
from functools import lru_cache
from pathlib import Path

from bench.peers.environments import LLAMA_CPP
from bench.peers.peer import Peer
from lotterylang.world.model import device

WAYS: dict[str, dict[str, str]] = {"busy": {}, "letting go": {"OMP_WAIT_POLICY": "passive"}}
IDS, COUNT, TRIES = list(range(1_000, 1_064)), 12, 3


@lru_cache(maxsize=1)
def variables(weights: Path) -> dict[str, str]:
    """Give the variables with which llama.cpp decodes fastest now."""
    peers = {way: started(weights, chosen) for way, chosen in WAYS.items()}
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(TRIES):
        for way, peer in peers.items():
            seconds[way].append(peer.order(do="decode", ids=IDS, count=COUNT)["seconds"])
    for peer in peers.values():
        peer.close()
    best = min(WAYS, key=lambda way: statistics.median(seconds[way]))
    print(f"llama.cpp waits {best}", file=sys.stderr, flush=True)
    return WAYS[best]


def started(weights: Path, chosen: dict[str, str]) -> Peer:
    """Start llama.cpp with some variables."""
    words = (str(weights), str(device.usable_cores()))
    return Peer("llama.cpp", LLAMA_CPP.python(), "llama_cpp_peer.py", *words, variables=chosen)
