"""The stage: an open engine, text that nobody has read yet, and questions about it, for all parts of the bench."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path

from bench.engine.limits import Limits, measured
from bench.rounds import ROUNDS
from lotterylang.run.effects import Ask, Failed, ModelEffect, Prompt, Reply, Turn
from lotterylang.run.shapes import Free, Hole, Shape
from lotterylang.world.model import device
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.network.interface import Network
from lotterylang.world.model.open import open_model, ready

TOKENS = 120_000
"""What is read of an encyclopedia; parts take fresh pieces of it, so that only what they repeat is in a cache."""

FREE = Free(lines=True)


class Stage:
    """What the parts share. `kind` is `cpu` or `cuda`; `rounds` are how often arms take turns."""

    def __init__(self, model: str, weights: Path, rounds: int = ROUNDS) -> None:
        self.model, self.weights, self.rounds = model, weights, rounds
        self.kind = "cpu" if device.without_cuda() else "cuda"
        engine = open_model(model)
        assert isinstance(engine, Engine)
        self.engine = engine
        self._at = 0

    @property
    def network(self) -> Network:
        """Give the engine's network; the engine must be idle when it is used."""
        return self.engine.reader.network

    @cached_property
    def limits(self) -> Limits:
        """Measure what the machine can do, once a run."""
        return measured(ready(self.model), self.network)

    @cached_property
    def _ids(self) -> list[int]:
        file = Path(os.environ.get("LOT_DATA", "../shared/data")) / "qa" / "passages.jsonl"
        if not file.exists():
            sys.exit(f"there is no {file}: set LOT_DATA to the folder of data sets")
        found: list[int] = []
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                found += self.engine.reader.tokens.encode(json.loads(line)["text"] + "\n")
                if len(found) > TOKENS:
                    break
        return found

    def ids(self, count: int) -> list[int]:
        """Give the next tokens of the encyclopedia."""
        assert self._at + count <= len(self._ids), "the bench needs more text"
        self._at += count
        return self._ids[self._at - count : self._at]

    def text(self, count: int) -> str:
        """Give the next piece of the encyclopedia, of about so many tokens."""
        return self.engine.reader.tokens.decode(self.ids(count)).decode(errors="ignore").strip()

    def answers(self, effects: list[ModelEffect]) -> list[Reply]:
        """Have effects answered, all at once. Errors: AssertionError for a failure other than a cut."""
        return [answer(future) for future in self.engine.submit(effects)]


def ask(text: str, tokens: int, shape: Shape = FREE, name: str = "more") -> Ask:
    """Ask for the continuation of a text, `tokens` long at most. Another `name` of the hole makes it another question
    with the same tokens, which no store of replies knows.
    """
    return Ask("bench", "m", Prompt((Turn(None, (text, Hole(name, shape, max_tokens=tokens))),)))


def answer(future: Future[Reply]) -> Reply:
    """Wait for a reply; one that its limit cut is a reply too."""
    reply = future.result()
    assert not isinstance(reply, Failed) or reply.kind == "Truncated", reply
    return reply


def written(replies: list[Reply]) -> int:
    """Count the tokens of replies."""
    return sum(reply.observed.reply_tokens for reply in replies)
