"""Bench: reading and writing one text, beside other engines in the same run: `LOT_DATA=… python -m bench.decode`.

On a CPU beside llama.cpp on the same GGUF file and Optimum's ORTModelForCausalLM on its export (`lot model export`);
on CUDA beside transformers in float16 (needs torch and transformers in this Python). Arms take turns; a ratio is the
median of the rounds' ratios. `ASK` is what a program sees: the engine with its constraint, mask and record of a token.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.peers.peer import LLAMA_CPP, Peer
from bench.table import aligned
from lotterylang.home import home
from lotterylang.run.effects import Ask, Prompt, Turn
from lotterylang.run.shapes import Free, Hole
from lotterylang.world.model import device, export
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.network.interface import Network
from lotterylang.world.model.open import open_model
from lotterylang.world.model.source.catalog import CATALOG
from lotterylang.world.model.template import sent

PREFILL, PROMPT, STEPS, ROUNDS = 1_000, 128, 96, 5
BARS = {
    "cpu": {"llama.cpp": (3.0, 0.95), "Optimum": (0.0, 4.0)},
    "cuda": {"transformers": (0.0, 10.0)},
}
"""Least ratios of prefill and decode to a peer."""

LOAD_S = 1.5
"""Longest opening from the cache, on a CPU."""

Order = Callable[..., dict[str, Any]]


@dataclass
class Arm:
    """One engine and what it took, by round. Units: tokens a second."""

    name: str
    order: Order
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
            start = time.perf_counter()
            for past in range(len(ids), len(ids) + count):
                step = network.step(memory, np.array([past]), np.array([found[-1]]), [0])
                found.append(int(step[0].argmax()))
        return {"seconds": time.perf_counter() - start, "ids": found}

    return order


def ask_rate(engine: Engine, ids: list[int]) -> float:
    """Give the tokens a second of an ASK of free text whose prompt was read before: the median of three."""
    reader, rates = engine.reader, []
    for number in range(3):
        about = reader.tokens.decode(ids[number * PROMPT : (number + 1) * PROMPT]).decode(errors="ignore")
        hole = Hole("story", Free(lines=True), max_tokens=STEPS)
        turns = (Turn("user", (f"{about}\nWrite a long story about it.",)), Turn("assistant", (hole,)))
        reader.prefixes.read(sent(Prompt(turns), (), reader.network.card, reader.tokens).ids)
        reply = engine.submit([Ask("story", "m", Prompt(turns))])[0].result()
        rates.append(reply.observed.reply_tokens / reply.observed.seconds)
    return statistics.median(rates)


def text_ids(engine: Engine) -> list[int]:
    """Read enough of an encyclopedia."""
    file = Path(os.environ["LOT_DATA"]) / "qa" / "passages.jsonl"
    found: list[int] = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            found += engine.reader.tokens.encode(json.loads(line)["text"] + "\n")
            if len(found) > 2 * PREFILL:
                break
    return found


def load_seconds(model: str) -> float:
    """Time opening a built model in a fresh process, packages included: the least of three."""
    code = (
        "import time; start = time.perf_counter()\n"
        "from lotterylang.world.model.open import open_model\n"
        f"open_model({model!r}); print(time.perf_counter() - start)"
    )
    runs = (subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True) for _ in range(3))
    return min(float(run.stdout.split()[-1]) for run in runs)


def peers(kind: str, given: argparse.Namespace) -> list[Peer]:
    """Start the other engines."""
    threads = str(device.usable_cores())
    file = given.gguf or weights_of(given.model)
    if kind == "cuda":
        return [Peer("transformers", Path(sys.executable), "transformers_peer.py", file, "cuda")]
    folder, python = export.exported(given.model, untold), export.environment(untold)
    return [
        Peer("llama.cpp", LLAMA_CPP.python(), "llama_cpp_peer.py", file, threads),
        Peer("Optimum", python, "optimum_peer.py", str(folder), threads),
    ]


def weights_of(name: str) -> str:
    """Give the file of a model of the catalogue, which was fetched to open it."""
    return str(home() / "weights" / f"{CATALOG[name].weights_sha256}.gguf")


def untold(stage: str, done: int, total: int) -> None:
    """Show no progress."""


def measured(arms: list[Arm], ids: list[int]) -> None:
    """Have the arms take turns."""
    for number in range(ROUNDS + 1):
        print(f"round {number} of {ROUNDS}", file=sys.stderr, flush=True)
        start = 17 * number
        for arm in arms:
            read = arm.order(do="prefill", ids=ids[start : start + PREFILL])
            wrote = arm.order(do="decode", ids=ids[start : start + PROMPT], count=STEPS)
            if number:  # the first is for warming up
                arm.prefill.append(PREFILL / read["seconds"])
                arm.decode.append(STEPS / wrote["seconds"])
                arm.ids = wrote["ids"]


def ratio(one: list[float], other: list[float]) -> float:
    """Give the median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.decode", description=__doc__)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--gguf", help="the file of the same weights, for the peers; a catalogue's model has its own")
    parser.add_argument("--check", action="store_true", help="exit 1 where a bar falls short")
    return parser.parse_args()


def main() -> int:
    """Run the bench. Gives the exit status."""
    given = arguments()
    reason = device.without_cuda()
    kind = "cpu" if reason else "cuda"
    print(f"CUDA: {reason or device.cuda_processor()}", file=sys.stderr)
    engine = open_model(given.model)
    assert isinstance(engine, Engine)
    ids = text_ids(engine)
    others = peers(kind, given)
    arms = [Arm("LotteryLang", ours(engine.reader.network)), *(Arm(peer.name, peer.order) for peer in others)]
    try:
        measured(arms, ids)
        rate = ask_rate(engine, ids)
    finally:
        for peer in others:
            peer.close()
        engine.close()
    load = load_seconds(given.model)
    return report(arms, kind, rate, load, given.check)


def report(arms: list[Arm], kind: str, rate: float, load: float, is_checked: bool) -> int:
    """Print the table, what falls short and the line of figures."""
    mine, rows = arms[0], [["engine", "prefill tok/s", "ratio", "decode tok/s", "ratio", "same text for"]]
    figures: dict[str, Any] = {"bench": "decode", "device": kind, "load_s": load, "ask_tok_s": rate}
    short = []
    for arm in arms:
        ratios = ratio(mine.prefill, arm.prefill), ratio(mine.decode, arm.decode)
        same = next((i for i, (a, b) in enumerate(zip(mine.ids, arm.ids, strict=True)) if a != b), len(arm.ids))
        medians = statistics.median(arm.prefill), statistics.median(arm.decode)
        rows.append(
            [
                arm.name,
                f"{medians[0]:.0f}",
                f"{ratios[0]:.2f}",
                f"{medians[1]:.0f}",
                f"{ratios[1]:.2f}",
                f"{same} tokens",
            ]
        )
        figures[arm.name] = {"prefill": medians[0], "decode": medians[1], "ratios": ratios, "same": same}
        for what, found, bar in zip(("prefill", "decode"), ratios, BARS[kind].get(arm.name, (0.0, 0.0)), strict=True):
            if found < bar:
                short.append(f"{what} is {found:.2f} times that of {arm.name}, under {bar}")
    if kind == "cpu" and load > LOAD_S:
        short.append(f"opening took {load:.2f} s, over {LOAD_S}")
    print(aligned(rows))
    print(f"ASK of free text: {rate:.0f} tokens a second; opened from the cache in {load:.2f} s")
    print(*short, sep="\n", end="\n" if short else "")
    print(json.dumps(figures))
    return int(is_checked and bool(short))


if __name__ == "__main__":
    sys.exit(main())
