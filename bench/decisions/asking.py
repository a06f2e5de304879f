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
        """Give the effects that decide the item: one for each prompt, so that ways of asking share their calls.

        What CHOOSE and SCORE subtract by themselves (`contrast`, `blank`) is asked apart here: the same figures, and a
        prompt without the item is asked once.
        """
        effects: list[ModelEffect] = []
        for slots, texts in self._cases(item):
            here = prompt(self.prompt, slots)
            options = tuple(joined(here, text) for text in texts)
            for place in (here, *self._contrast(slots)):
                if self.by_score:
                    effects.append(Score(path, "small", place, options[0]))
                else:
                    effects.append(Choose(path, "small", place, options, per_token=self.per_token))
        return effects

    def scores(self, item: Item, replies: Sequence[Reply]) -> list[float]:
        """Read the score of every option off the replies. Units: nats."""
        if not self.by_score:
            found = _contrasted([reply.scores for reply in replies if isinstance(reply, Chosen)])
        else:
            values = [self._value(reply) for reply in replies if isinstance(reply, Scored)]
            each = len(values) // len(self._cases(item))
            found = [_contrasted(values[start : start + each])[0] for start in range(0, len(values), each)]
        return [found[0] - self.above, *(found[1:] or [0.0])]

    @property
    def by_score(self) -> bool:
        """Tell whether texts are scored one by one (SCORE), not chosen from (CHOOSE)."""
        return self.way == "lift" or self.scored

    def _cases(self, item: Item) -> list[tuple[Mapping[str, str], tuple[str, ...]]]:
        """Give slots and texts of every call: CHOOSE has one, SCORE one for each text or option."""
        every = [{**item.slots, **option} for option in item.options]
        alone = len(self.texts) > 1 or not self._differs(item)
        if self.by_score and not alone:
            return [(slots, (_filled(self.texts[0], slots),)) for slots in every]
        if self.by_score:
            return [(item.slots, (_filled(text, item.slots),)) for text in self.texts]
        texts = (
            [_filled(text, item.slots) for text in self.texts] if alone else [_filled(self.texts[0], s) for s in every]
        )
        return [(item.slots, tuple(texts))]

    def _differs(self, item: Item) -> bool:
        """Tell whether prompt or text has a slot that the options fill."""
        return any(f"${{{name}}}" in self.prompt + self.texts[0] for name in item.options[0])

    def _contrast(self, slots: Mapping[str, str]) -> tuple[Prompt, ...]:
        if self.way in ("prior", "lift"):
            return (blank(self.prompt),)
        if not self.slot:
            return ()
        values = self.values or tuple(slots["others"].splitlines())
        return tuple(prompt(self.prompt, {**slots, self.slot: value}) for value in values)

    def _value(self, reply: Scored) -> tuple[float]:
        return (reply.mean if self.per_token else reply.sum,)


def _contrasted(rows: Sequence[Sequence[float]]) -> list[float]:
    """Subtract from the first row the mean of the others."""
    others = rows[1:]
    return [value - sum(row[i] for row in others) / max(1, len(others)) for i, value in enumerate(rows[0])]


def _filled(text: str, slots: Mapping[str, str]) -> str:
    return Template(text).substitute(slots)
