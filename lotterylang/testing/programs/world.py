"""A world that answers every effect: models by dice, and everything else by what is asked alone.

The reply depends on the question and never on who asks or when, so machine and reference are told the same. One in
some is a failure, and replies cost tokens. Next door: `world/model/dice.py` answers models.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from random import Random
from typing import Any

from lotterylang.run.effects import (
    Call,
    Called,
    Deduce,
    Deduced,
    Effect,
    Failed,
    FailureKind,
    Find,
    Found,
    Hit,
    ModelEffect,
    Observed,
    Reply,
)
from lotterylang.run.journal import arguments_hash
from lotterylang.world.model.dice import Dice

MODEL_FAILURES: tuple[FailureKind, ...] = ("Truncated", "Timeout", "Impossible", "ContextFull")
OTHER_FAILURES: tuple[FailureKind, ...] = ("ToolFailed", "NotFound", "Timeout", "Denied")


FACTS = (
    Hit("a fact", "T", 0, "w", (("a", "a"),)),
    Hit("b", "T", 0, "w", (("a", "b"), ("w", ""))),
    Hit("more facts", "T", 0, "w"),
)
"""What every drawn index holds, whatever is needed of it: who asks must see for himself."""


class World:
    """Who answers; stands for a model, a tool, an index and a logic alike. `failing`: one reply in so many fails."""

    name = identity = "drawn"

    def __init__(self, failing: int = 25) -> None:
        self.failing = failing
        self._dice = Dice("random", 5)

    def reply(self, effect: Effect) -> Reply:
        """Answer an effect."""
        random = Random(int(hashlib.sha256(arguments_hash(effect).encode()).hexdigest(), 16))
        observed = Observed(prompt_tokens=random.randrange(20), reply_tokens=random.randrange(5))
        if isinstance(effect, ModelEffect):
            if random.randrange(self.failing) == 0:
                return Failed(random.choice(MODEL_FAILURES), "as it was drawn", observed)
            return replace(self._dice.submit([effect])[0].result(), observed=observed)
        if random.randrange(self.failing) == 0:
            return Failed(random.choice(OTHER_FAILURES), "as it was drawn")
        return _other(effect, random)

    def submit(self, effects: Sequence[Any]) -> list[Future[Reply]]:
        """Answer effects at once."""
        futures: list[Future[Reply]] = []
        for effect in effects:
            future: Future[Reply] = Future()
            future.set_result(self.reply(effect))
            futures.append(future)
        return futures

    def close(self) -> None:
        """Hold nothing."""


def _other(effect: Call | Find | Deduce, random: Random) -> Reply:
    match effect:
        case Call("", _) | Call():
            wrong = random.randrange(8) == 0  # what is not of the tool's type is the failure ToolFailed
            text = str(effect.arguments[0][1])
            return Called(None if wrong else (text if effect.tool == "echo" else random.randrange(-3, 9)))
        case Find():
            known = effect.passages or FACTS
            count = min(effect.count, len(known), 3)
            hits = sorted(random.sample(range(len(known)), count))
            return Found(tuple(replace(known[at], score=round(1 / (place + 3), 6)) for place, at in enumerate(hits)))
        case Deduce():
            return _deduced(effect, random)


def _deduced(effect: Deduce, random: Random) -> Deduced:
    outcome = random.randrange(5)
    chosen = tuple((random.randrange(5),) for _ in range(random.randrange(3)))
    answers = ((("chosen", chosen), ("named", ())),)
    if outcome == 0:
        has_some = effect.mode == "best" and random.randrange(2) == 0
        return Deduced("unknown", answers if has_some else (), why="as it was drawn")
    if outcome == 1:
        places = tuple((name, tuple(range(min(len(rows), 1)))) for name, rows in effect.facts)
        return Deduced("unsat", core=places)
    return Deduced("sat", answers)
