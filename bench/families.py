"""Every family on this machine's device: the small random models of the tests against what transformers computes.

python -m bench.families [--precision fp32] [--check]. What the tests hold in full precision on a CPU is shown here
for any precision, above all for float16 on CUDA. Nearness is the largest difference between log-probabilities, in nats.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.table import aligned
from lotterylang.recipe import Recipe
from lotterylang.world.model.build import folder as build
from lotterylang.world.model.network.interface import Network
from lotterylang.world.model.network.opening import opened

TESTS = Path(__file__).parent.parent / "tests" / "rooms"
MOST = {"fp16": 0.1, "fp32": 1e-3}
"""What log-probabilities may be apart, by precision."""


def golden(logits: np.ndarray) -> np.ndarray:
    """Give the log-probabilities of what was recorded. Shapes: (tokens, vocabulary) -> the same."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    found: np.ndarray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


def at_once(net: Network, ids: list[int]) -> np.ndarray:
    """Read all tokens in one pass. Shapes: -> (tokens, vocabulary)."""
    count = len(ids)
    causal = np.triu(np.full((count, count), -np.inf, np.float32), 1)
    return net.log_probs(net.branch(net.memory(1, count), 0, np.array(ids), np.arange(count), causal))


def step_by_step(net: Network, ids: list[int], begun: int) -> np.ndarray:
    """Read a beginning, then one token a step. Shapes: -> (tokens - begun, vocabulary)."""
    memory = net.slots(1, len(ids) + 1)
    net.extend(memory, 0, ids[:begun])
    places = range(begun, len(ids))
    return np.array([net.step(memory, np.array([at]), np.array([ids[at]]), [0])[0] for at in places])


def main() -> int:
    """Run the bench. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.families", description=__doc__)
    parser.add_argument("--precision", choices=sorted(MOST), default="fp16")
    parser.add_argument("--check", action="store_true", help="exit 1 where a model is further off than it may be")
    given = parser.parse_args()
    sys.path.insert(0, str(TESTS))
    import tiny_models

    recorded, ids = np.load(TESTS / "data" / "golden.npz"), tiny_models.ids()
    rows, figures = [["model", "runs on", "at once", "step by step", "same likeliest"]], {}
    with tempfile.TemporaryDirectory() as home:
        os.environ["LOTTERY_HOME"] = home
        for name in tiny_models.MODELS:
            path = tiny_models.write(name, Path(home))
            net = opened(build.built(path, build.hash_of(path), Recipe(given.precision), lambda *_: None))
            wanted, begun = golden(recorded[name]), 3
            stepped = step_by_step(net, ids, begun)
            far = [float(np.abs(at_once(net, ids) - wanted).max()), float(np.abs(stepped - wanted[begun:]).max())]
            same = float((stepped.argmax(axis=1) == wanted[begun:].argmax(axis=1)).mean())
            rows.append([name, net.processor.partition("-ort")[0], *(f"{one:.4f}" for one in far), f"{same:.0%}"])
            figures[name] = {"at_once": far[0], "step_by_step": far[1], "same": same}
    print(aligned(rows))
    print(json.dumps({"bench": "families", "precision": given.precision, "figures": figures}))
    short = any(max(one["at_once"], one["step_by_step"]) > MOST[given.precision] for one in figures.values())
    return int(given.check and short)


if __name__ == "__main__":
    sys.exit(main())
