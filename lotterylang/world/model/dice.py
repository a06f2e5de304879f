"""The dice: models that answer without a model. They stand beside every figure, for a grammar can win by itself.

`random` answers anything legal, `first` the first legal thing; neither has weights, a tokenizer or a wait. What
`random` says depends on its seed and on what is asked, never on order or on who asks. Next door: `drawing.py`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from random import Random

from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Failed, ModelEffect, Reply, Score, Scored
from lotterylang.run.shapes import Hole
from lotterylang.world.model.constraint.constraint import constraint, gap
from lotterylang.world.model.drawing import LONGEST_UNBOUNDED, NoWay, drawn

_TRIES = 1_000  # draws before a hole is given up, or the shortest of the legal ones is taken as the first
_ENOUGH = 50  # legal draws among which `first` looks for the shortest


class Dice:
    """`random` or `first`, as `run.effects.Model`."""

    def __init__(self, name: str, seed: int = 0) -> None:
        self._name = name
        self._seed = seed

    @property
    def name(self) -> str:
        """Name the dice: `random` or `first`."""
        return self._name

    @property
    def identity(self) -> str:
        """Identify the dice; the seed of `random` is part of it."""
        return f"dice:{self._name}:{self._seed}" if self._name == "random" else f"dice:{self._name}"

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Answer effects at once."""
        futures: list[Future[Reply]] = []
        for effect in effects:
            future: Future[Reply] = Future()
            future.set_result(self._answer(effect))
            futures.append(future)
        return futures

    def close(self) -> None:
        """Do nothing: the dice hold nothing."""

    def _answer(self, effect: ModelEffect) -> Reply:
        random = self._random(effect)
        match effect:
            case Ask():
                return self._filled(effect, random)
            case Choose(options=options):
                if self._name == "first":
                    return Chosen(tuple(-float(place) for place in range(len(options))))
                return Chosen(tuple(math.log(random.expovariate(1.0) or 1e-300) for _ in options))
            case Score(text=text, blank=blank):
                total = 0.0 if self._name == "first" else -random.expovariate(1.0 / (1 + len(text)))
                mean = total / max(1, len(text.split()))
                return Scored(total, mean, None if blank is None else self._lift(random))

    def _lift(self, random: Random) -> float:
        return 0.0 if self._name == "first" else random.gauss(0.0, 1.0)

    def _random(self, effect: ModelEffect) -> Random:
        question = replace(effect, path="", tokens_left=None)  # a sample's seed is part of what is asked
        spelled = f"{self._seed}\0{question}".encode()
        return Random(int.from_bytes(hashlib.sha256(spelled).digest(), "big"))

    def _filled(self, ask: Ask, random: Random) -> Reply:
        texts: list[tuple[str, str]] = []
        for place, hole in enumerate(ask.prompt.holes):
            wanted = constraint(gap(ask.prompt, place), ask.prompt.is_chat)
            try:
                text = self._text(hole, wanted.permits, random)
            except (NoWay, ValueError) as cause:
                return Failed("Impossible", f"hole {hole.name}: {str(cause) or 'no reply is legal'}")
            texts.append((hole.name, text))
        return Asked(tuple(texts))

    def _text(self, hole: Hole, permits: Callable[[str], bool], random: Random) -> str:
        longest = LONGEST_UNBOUNDED if hole.max_tokens is None else min(hole.max_tokens, LONGEST_UNBOUNDED)
        if self._name == "first":
            text = drawn(hole.shape, _first, longest)
            if permits(text):
                return text
        legal: list[str] = []
        for _ in range(_TRIES):
            text = drawn(hole.shape, random.randrange, longest)
            if permits(text):
                legal.append(text)
                if self._name == "random" or len(legal) == _ENOUGH:
                    break
        if not legal:
            raise NoWay(f"none of {_TRIES} drawn texts is legal")
        return min(legal, key=lambda text: (len(text), text))


def _first(ways: int) -> int:
    """Pick the first way."""
    return 0
