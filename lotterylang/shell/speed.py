"""The speed of a model on this machine now: tokens read and tokens written in a second, through the engine itself.

One short measurement, so it says what other programs leave over at this moment. Next door: `doctor.py` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lotterylang.run.effects import Ask, Model, ModelEffect, Observed, Prompt, Score, Turn
from lotterylang.run.shapes import Free, Hole

WRITTEN_TOKENS = 64
_SENTENCE = "The lighthouse at the end of the pier was painted again in the spring of that year. "
_READ = _SENTENCE * 24  # about 500 tokens
_WRITE = "Once upon a time"


@dataclass(frozen=True, slots=True)
class Speed:
    """Units: tokens a second."""

    read: float
    written: float


def measured(model: Model) -> Speed:
    """Measure a model that is open. Cost: a second or two on two cores."""
    _answered(model, _scoring("A first question and a first reply, so that everything is warm."))
    _answered(model, _asking(2))
    reading = _answered(model, _scoring(_READ))
    # Texts of the same beginning, one token long and many long: what they differ in is the writing alone.
    short = _answered(model, _asking(1))
    long = _answered(model, _asking(WRITTEN_TOKENS))
    written = max(long.reply_tokens - short.reply_tokens, 1)
    return Speed(
        read=(reading.prompt_tokens - reading.cached_tokens) / max(reading.seconds, 1e-6),
        written=written / max(long.seconds - short.seconds, 1e-6),
    )


def _answered(model: Model, effect: ModelEffect) -> Observed:
    (reply,) = model.submit([effect])
    return reply.result().observed


def _scoring(text: str) -> Score:
    return Score("doctor", model="doctor", prompt=Prompt((Turn(None, (text,)),)), text=" So")


def _asking(tokens: int) -> Ask:
    hole = Hole("story", Free(shortest=10 * tokens, lines=True), max_tokens=tokens)
    return Ask("doctor", "doctor", Prompt((Turn(None, (f"{_WRITE} ", hole)),)))
