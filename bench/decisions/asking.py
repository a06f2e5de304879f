"""Askings: an item in, the effects that decide it out; their replies in, a score for every option out.

An asking is a prompt as a program writes it (`${slot}`, role lines) and a way to read the model off: plain CHOOSE, with
solved examples, minus the blank prompt, minus other values of a slot (`against`), or the lift of a text (SCORE).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Literal

from bench.decisions.items import Item
from bench.prompts import blank, prompt
from lotterylang.run.effects import Choose, Chosen, ModelEffect, Prompt, Reply, Score, Scored
from lotterylang.run.holes import joined

Way = Literal["raw", "few", "prior", "against", "lift"]
WAYS: tuple[Way, ...] = ("raw", "few", "prior", "against", "lift")


@dataclass(frozen=True)
class Asking:
    """One way to ask. `texts` are what is chosen from or scored: two for yes and no, or one filled in for each option.

    One text for a yes-or-no decision is scored alone and means yes where it comes out above `above`. `values` of `slot`
    are what `against` subtracts the mean of; none means the item's own other questions. Units: `above` in nats.
    """

    way: Way
    prompt: str
    texts: tuple[str, ...]
    slot: str = ""
    values: tuple[str, ...] = ()
    above: float = 0.0
    scored: bool = False
    per_token: bool = False

    def effects(self, item: Item, path: str) -> list[ModelEffect]:
        """Give the effects that decide the item."""
        if self.way == "lift" or self.scored:
            return [effect for slots, text in self._cases(item) for effect in self._scores(slots, text, path)]
        here = prompt(self.prompt, item.slots)
        options = tuple(joined(here, text) for _, text in self._cases(item))
        return [Choose(path, "small", here, options, self._contrast(item.slots), self.per_token)]

    def scores(self, item: Item, replies: Sequence[Reply]) -> list[float]:
        """Read the score of every option off the replies. Units: nats."""
        if isinstance(replies[0], Chosen):
            return [replies[0].scores[0] - self.above, *replies[0].scores[1:]]
        values = [self._value(reply) for reply in replies]
        cases = len(self._cases(item))
        each = len(values) // cases
        found = [_contrasted(values[start : start + each]) for start in range(0, len(values), each)]
        return [found[0] - self.above, *found[1:]] if cases > 1 else [found[0] - self.above, 0.0]

    def _cases(self, item: Item) -> list[tuple[Mapping[str, str], str]]:
        """Give slots and text of every case: one for each text, or for each option where one text serves all."""
        if len(self.texts) > 1 or not any(item.options):
            return [(item.slots, _filled(text, item.slots)) for text in self.texts]
        every = [{**item.slots, **option} for option in item.options]
        return [(slots, _filled(self.texts[0], slots)) for slots in every]

    def _scores(self, slots: Mapping[str, str], text: str, path: str) -> list[ModelEffect]:
        here = prompt(self.prompt, slots)
        if self.way == "lift":
            return [Score(path, "small", here, joined(here, text), blank(self.prompt))]
        return [Score(path, "small", place, joined(place, text)) for place in (here, *self._contrast(slots))]

    def _contrast(self, slots: Mapping[str, str]) -> tuple[Prompt, ...]:
        if self.way == "prior":
            return (blank(self.prompt),)
        if not self.slot:
            return ()
        values = self.values or tuple(slots["others"].splitlines())
        return tuple(prompt(self.prompt, {**slots, self.slot: value}) for value in values)

    def _value(self, reply: Reply) -> float:
        assert isinstance(reply, Scored)
        if self.per_token:
            return reply.mean
        return reply.sum if reply.lift is None else reply.lift


def _contrasted(values: Sequence[float]) -> float:
    """Subtract from the first the mean of the others."""
    return values[0] - sum(values[1:]) / max(1, len(values) - 1)


def _filled(text: str, slots: Mapping[str, str]) -> str:
    return Template(text).substitute(slots)
