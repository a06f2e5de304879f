"""Reading and writing one text, beside other engines: 1,000 tokens read; 96 tokens written greedily after 128, 24 by
those in full precision, which are slow.

On a CPU beside llama.cpp on the same GGUF file, onnxruntime-genai's int8 model, Optimum's and transformers' fp32 of the
same weights; on CUDA beside transformers in float16. `ASK` is what a program sees: the engine with its constraint, mask
and record of a token.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.engine.stage import Stage, ask, written
from bench.peers import waiting
from bench.peers.environments import GENAI, folder_of, genai_of, untold
from bench.peers.peer import Peer
from bench.rounds import Bar, ratio
from lotterylang.world.model import device, export
from lotterylang.world.model.network.interface import Network

PREFILL, PROMPT, STEPS, FEW = 1_000, 128, 96, 24
BARS = {
    "cpu": {"llama.cpp": (3.0, 1.0), "onnxruntime-genai": (0.0, 1.0), "Optimum": (0.0, 4.0)},
    "cuda": {"transformers": (0.0, 10.0)},
}
"""Least ratios of prefill and decode to a peer."""

SLOW = ("Optimum", "transformers")

LOAD_S = 1.5
"""Longest opening from the cache, on a CPU."""

Order = Callable[..., dict[str, Any]]


@dataclass
class Arm:
    """One engine and what it took, by round. Units: tokens a second."""

    name: str
    order: Order
    steps: int = STEPS
    prefill: list[float] = field(default_factory=list)
    decode: list[float] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


def ours(network: Network) -> Order:
    """Give the network's own answers to a peer's orders."""

    def order(do: str, ids: list[int], count: int = 0) -> dict[str, Any]:
        start = time.perf_counter()
        memory = network.memory(1, len(ids) + count + 2)
        found = [int(network.log_probs(network.extend(memory, 0, ids)[None])[0].argmax())]
        if do == "decode":
            slots = network.slots(1, len(ids) + count + 2)
            slots.copy(memory, 0, 0, len(ids))
            start = time.perf_counter()
            for past in range(len(ids), len(ids) + count):
                step = network.step(slots, np.array([past]), np.array([found[-1]]), [0])
                found.append(int(step[0].argmax()))
        return {"seconds": time.perf_counter() - start, "ids": found}

    return order


def scoring(stage: Stage) -> list[Peer]:
    """Start the peers whose weights are rounded."""
    threads, weights = str(device.usable_cores()), stage.weights
    every = genai_of(weights, every_position=True)
    fast = genai_of(weights, every_position=False)
    return [
        waiting.started(weights, waiting.variables(weights)),
        Peer("onnxruntime-genai", GENAI.python(), "genai_peer.py", str(fast), threads, str(every)),
    ]


def peers(stage: Stage) -> list[Peer]:
    """Start the other engines."""
    threads = str(device.usable_cores())
    if stage.kind == "cuda":
        return [Peer("transformers", Path(sys.executable), "transformers_peer.py", str(stage.weights), "cuda", threads)]
    exported, python = export.exported(stage.model, untold), export.environment(untold)
    folder = str(folder_of(stage.weights))
    return [
        *scoring(stage),
        Peer("Optimum", python, "optimum_peer.py", str(exported), threads),
        Peer("transformers", python, "transformers_peer.py", folder, "cpu", threads),
    ]


def measure(stage: Stage) -> dict[str, Any]:
    """Have the arms take turns."""
    others = peers(stage)
    arms = [Arm("LotteryLang", ours(stage.network))]
    arms += [Arm(peer.name, peer.order, FEW if peer.name in SLOW and stage.kind == "cpu" else STEPS) for peer in others]
    asks: list[float] = []
    try:
        for number in range(stage.rounds + 1):
            ids = stage.ids(PREFILL)
            for arm in arms:
                read = arm.order(do="prefill", ids=ids)
                wrote = arm.order(do="decode", ids=ids[:PROMPT], count=arm.steps)
                if number:  # the first is for warming up
                    arm.prefill.append(PREFILL / read["seconds"])
                    arm.decode.append(arm.steps / wrote["seconds"])
                    arm.ids = wrote["ids"]
            asks += [ask_rate(stage)] if number else []
    finally:
        for peer in others:
            peer.close()
    mine = arms[0]
    limits = {
        "prefill": PREFILL / stage.limits.read(PREFILL),
        "decode": 1 / stage.limits.step(1, PROMPT + STEPS // 2),
        "bandwidth_gb_s": stage.limits.bandwidth / 1e9,
        "peak_tops": stage.limits.peak / 1e12,
        "weight_mb": stage.limits.weight_bytes / 1e6,
    }
    found = {arm.name: _figures(mine, arm) for arm in arms}
    load = load_seconds(stage.model)
    return {"device": stage.kind, "arms": found, "ask": statistics.median(asks), "load_s": load, "limits": limits}


def _figures(mine: Arm, arm: Arm) -> dict[str, float]:
    same = next((i for i, (a, b) in enumerate(zip(mine.ids, arm.ids, strict=False)) if a != b), len(arm.ids))
    return {
        "prefill": statistics.median(arm.prefill),
        "prefill_ratio": ratio(mine.prefill, arm.prefill),
        "decode": statistics.median(arm.decode),
        "decode_ratio": ratio(mine.decode, arm.decode),
        "same": same,
    }


def ask_rate(stage: Stage) -> float:
    """Give the tokens a second of an ASK of free text whose prompt was read before."""
    about = stage.text(PROMPT)
    stage.answers([ask(about, 1)])
    start = time.perf_counter()
    replies = stage.answers([ask(about, STEPS)])
    return written(replies) / (time.perf_counter() - start)


def load_seconds(model: str) -> float:
    """Time opening a built model in a fresh process, packages included: the least of three."""
    code = (
        "import time; start = time.perf_counter()\n"
        "from lotterylang.world.model.open import open_model\n"
        f"open_model({model!r}); print(time.perf_counter() - start)"
    )
    runs = (subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True) for _ in range(3))
    return min(float(run.stdout.split()[-1]) for run in runs)


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table."""
    table = [["engine", "prefill tok/s", "ours to it", "decode tok/s", "ours to it", "same text for"]]
    for name, arm in figures["arms"].items():
        mine = name == "LotteryLang"
        prefill, decode = ("", "") if mine else (f"{arm['prefill_ratio']:.2f}", f"{arm['decode_ratio']:.2f}")
        same = "" if mine else f"{arm['same']} tokens"
        table.append([name, f"{arm['prefill']:.0f}", prefill, f"{arm['decode']:.0f}", decode, same])
    limits, mine = figures["limits"], figures["arms"]["LotteryLang"]
    shares = [f"{mine[what] / limits[what]:.0%} of it" for what in ("prefill", "decode")]
    table.append(["limit", f"{limits['prefill']:.0f}", shares[0], f"{limits['decode']:.0f}", shares[1], ""])
    return [*table, ["LotteryLang, `ASK`", "", "", f"{figures['ask']:.0f}", "", ""]]


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached."""
    wanted = BARS[figures["device"]]
    found = []
    for name, least in wanted.items():
        for what, bar in zip(("prefill", "decode"), least, strict=True):
            if bar:
                found.append(Bar(f"{what}, times {name}", figures["arms"][name][f"{what}_ratio"], least=bar))
    opening = [Bar("opening from the cache, seconds", figures["load_s"], most=LOAD_S)]
    return found + (opening if figures["device"] == "cpu" else [])
