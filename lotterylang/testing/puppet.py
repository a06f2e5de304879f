"""Puppets: models that answer from a script. What they answer depends on the question alone, never on its turn in time.

A reply line matches a part of the rendered prompt, white space folded, and the first that matches counts. `a then b` is
for a question that is sampled several times: the n-th sample in program order gets the n-th answer, the last one stays.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from lotterylang.run.convert import shown, to_json
from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Failed, ModelEffect, Prompt, Reply, Scored
from lotterylang.run.render import rendered
from lotterylang.run.shapes import Hole
from lotterylang.run.values import Failure, Record, Value
from lotterylang.world.model.constraint.reading import fits

UNLIKELY = -30.0
"""The score in nats of an option that the script gives no probability."""


class Unanswered(Exception):
    """A question that no line of the script answers, or an answer that is not legal there: an error of the test."""


E = TypeVar("E")


def at_once(effect: E, reply: Callable[[E], Reply]) -> Future[Reply]:
    """Give a future that is answered already, or that holds why nothing answers."""
    future: Future[Reply] = Future()
    try:
        future.set_result(reply(effect))
    except Unanswered as problem:
        future.set_exception(problem)
    return future


@dataclass(frozen=True, slots=True)
class Cases:
    """A bare case in a script: how it is written in each enum that has one of its name."""

    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One scripted answer: a value, the values of several holes, or a failure's kind."""

    value: Value = None
    holes: dict[str, Value] | None = None
    failure: str | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """When to answer what: `function` narrows to the calls under that function."""

    pattern: str | None
    answers: tuple[Answer, ...]
    function: str | None = None
    place: int = 0  # of the script's line in the source


class Puppet:
    """A model that follows a script. `otherwise` answers what no line of it does."""

    def __init__(
        self, name: str, lines: Sequence[Line], otherwise: Callable[[ModelEffect], Reply] | None = None
    ) -> None:
        self.name = name
        self.lines = tuple(lines)
        self.otherwise = otherwise
        self.used: set[int] = set()  # the places of the lines that answered
        self._samples: dict[tuple[int, str], int] = {}

    @property
    def identity(self) -> str:
        """Identify the puppet for journals."""
        return f"puppet:{self.name}"

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Answer every effect at once."""
        return [at_once(effect, self._reply) for effect in effects]

    def close(self) -> None:
        """Nothing is held."""

    def _reply(self, effect: ModelEffect) -> Reply:
        text = folded(prompt_text(effect.prompt))
        for number, line in enumerate(self.lines):
            in_function = line.function is None or line.function in callers(effect.path)
            if in_function and (line.pattern is None or folded(line.pattern) in text):
                self.used.add(line.place)
                turn = self._samples.get((number, text), 0)
                self._samples[number, text] = turn + 1
                return answered(effect, line.answers[min(turn, len(line.answers) - 1)])
        if self.otherwise is not None:
            return self.otherwise(effect)
        raise Unanswered(f"no reply is given for the prompt at `{effect.path}`:\n{prompt_text(effect.prompt)}")


def callers(path: str) -> set[str]:
    """Name the functions that a path goes through: all its segments but the effect's own."""
    return {re.split(r"[#\[]", segment)[0] for segment in path.split("/")[:-1]}


def prompt_text(prompt: Prompt) -> str:
    """Write a prompt as text for matching and for messages, holes as `@{name}`."""
    turns = []
    for turn in prompt.turns:
        text = "".join(f"@{{{part.name}}}" if isinstance(part, Hole) else part for part in turn.parts)
        turns.append(f"{turn.role}: {text}" if turn.role else text)
    return "\n".join(turns)


def folded(text: str) -> str:
    """Write every run of white space as one space."""
    return " ".join(text.split())


def answered(effect: ModelEffect, answer: Answer) -> Reply:
    """Give the reply that an answer means to an effect. Errors: Unanswered where it is not legal there."""
    if answer.failure is not None:
        return Failed(answer.failure, "as the test says")  # type: ignore[arg-type]
    if isinstance(effect, Choose):
        return _choice(effect, answer)
    if isinstance(effect, Ask):
        return _filled(effect, answer)
    if isinstance(answer.value, bool) or not isinstance(answer.value, int | Fraction):
        raise Unanswered(f"the score at `{effect.path}` must be a number, not {shown(answer.value)}")
    score = float(answer.value)
    return Scored(score, score, score)


def _choice(effect: Choose, answer: Answer) -> Chosen:
    texts = [option.strip() for option in effect.options]
    wanted = next((text for text in _spellings(answer.value) if text.strip() in texts), None)
    if wanted is None:
        listed = ", ".join(f"`{text}`" for text in texts)
        raise Unanswered(f"{shown(answer.value)} is not among the options at `{effect.path}`: {listed}")
    if answer.probability is None:
        return Chosen(tuple(0.0 if text == wanted.strip() else UNLIKELY for text in texts))
    rest = (1 - answer.probability) / max(len(texts) - 1, 1)
    each = [answer.probability if text == wanted.strip() else rest for text in texts]
    return Chosen(tuple(math.log(p) if p > 0 else UNLIKELY for p in each))


def _spellings(value: Value) -> list[str]:
    """List how a scripted option may be written: a bare case may be that of several enums."""
    if isinstance(value, Cases):
        return list(value.written)
    try:
        return [rendered(value)]
    except TypeError:
        return []


def _filled(effect: Ask, answer: Answer) -> Asked:
    holes = effect.prompt.holes
    values = answer.holes
    if values is None:
        if len(holes) != 1:
            raise Unanswered(f"the prompt at `{effect.path}` has {len(holes)} holes: answer `(name = value, …)`")
        values = {holes[0].name: answer.value}
    missing = [hole.name for hole in holes if hole.name not in values]
    if missing or len(values) > len(holes):
        raise Unanswered(f"the prompt at `{effect.path}` has the holes {', '.join(h.name for h in holes)}")
    texts = tuple((hole.name, written(values[hole.name])) for hole in holes)
    for hole, (_, text) in zip(holes, texts, strict=True):
        if not fits(hole.shape, text) or any(stop in text for stop in hole.stops):
            raise Unanswered(f"{shown(values[hole.name])} can't fill the hole `{hole.name}` at `{effect.path}`")
    return Asked(texts)


def written(value: Value) -> str:
    """Write a value as a hole would: plain, or JSON for lists and records."""
    if value is None:
        return "none"
    if isinstance(value, Cases):
        return value.written[0]
    if isinstance(value, Record | tuple | dict):
        return json.dumps(to_json(value), ensure_ascii=False)
    try:
        return rendered(value)
    except TypeError:
        raise Failure("Rejected", f"{shown(value)} can't fill a hole") from None
