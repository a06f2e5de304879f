"""Replies become values of the language. Likelihoods are rounded here, before a program or a journal sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from lotterylang.check.program import HolePlan
from lotterylang.run.convert import Mismatch, from_text, shown
from lotterylang.run.effects import Asked, Choose, Chosen, Failed, Found, Hit, Reply, Scored
from lotterylang.run.fitting import words_and_signs
from lotterylang.run.render import rendered
from lotterylang.run.values import Failure, Record, Said, Tuple, Value, number

DECIMALS = 4
"""Likelihoods in nats and probabilities are rounded to this many decimals: machines agree on no more."""

MANY_OPTIONS = 64
"""Options beyond which it is worth not reading all of them to the end."""

CERTAIN_MARGIN = 1000
"""The margin in nats of a choice among one."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A value that needed no model after all: the choice among one."""

    value: Value


def quantised(reply: Reply) -> Reply:
    """Give a reply with its likelihoods rounded, as it is recorded, hashed and handed to the machine."""
    if isinstance(reply, Chosen):
        return replace(reply, scores=tuple(_rounded(score) for score in reply.scores))
    if isinstance(reply, Scored):
        lift = None if reply.lift is None else _rounded(reply.lift)
        return replace(reply, sum=_rounded(reply.sum), mean=_rounded(reply.mean), lift=lift)
    if isinstance(reply, Found):
        return replace(reply, hits=tuple(_rounded_hit(hit) for hit in reply.hits))
    return reply


def _rounded_hit(hit: Hit) -> Hit:
    return replace(hit, score=Fraction(f"{hit.score:.{DECIMALS}f}")) if isinstance(hit.score, float) else hit


def _rounded(score: float) -> float:
    return round(score, DECIMALS) + 0.0  # never a negative zero


def answered(reply: Reply) -> Any:
    """Give a reply that is one. Errors: the Failure that the world answered with."""
    if isinstance(reply, Failed):
        raise Failure(reply.kind, reply.message)
    return reply


def asked(plans: Sequence[HolePlan], reply: Asked) -> Record:
    """Give the record of an ASK's holes. Errors: Failure Truncated for a text that is not of its hole's type."""
    texts = dict(reply.texts)
    fields = {}
    for plan in plans:
        try:
            fields[plan.name] = from_text(plan.type, texts[plan.name])
        except (Mismatch, KeyError) as problem:
            raise Failure("Truncated", f"the reply for `{plan.name}` is incomplete: {problem}") from None
    return Record(None, fields, _said(reply))


def _said(reply: Asked) -> Said:
    """Give what is known of a reply besides its text; a script's has words and signs for tokens, and is certain."""
    observed = reply.observed
    if observed.mean_logprob is None:
        return Said(sum(words_and_signs(text) for _, text in reply.texts), 0)
    return Said(observed.reply_tokens, _exact(observed.mean_logprob * observed.reply_tokens))


def chosen(options: Sequence[Value], reply: Chosen) -> Record:
    """Give the Choice among options: the best score wins, the earlier option among equals."""
    order = sorted(range(len(options)), key=lambda i: (-reply.scores[i], i))
    best = order[0]
    total = sum(math.exp(score - reply.scores[best]) for score in reply.scores)
    margin = reply.scores[best] - reply.scores[order[1]]
    scores = tuple(Tuple((options[i], _exact(reply.scores[i]))) for i in order)
    return _choice(options[best], _exact(1 / total), _exact(margin), scores)


def pruned(effect: Choose) -> Choose:
    """Let a CHOOSE of which only the best is looked at leave out what cannot be it, where that pays."""
    is_plain = not effect.contrast and not effect.per_token
    return replace(effect, only_best=True) if is_plain and len(effect.options) > MANY_OPTIONS else effect


def only(option: Value) -> Record:
    """Give the Choice of the only option: certain, and no model is asked."""
    return _choice(option, 1, CERTAIN_MARGIN, (Tuple((option, 0)),))


def _choice(value: Value, probability: Value, margin: Value, scores: Value) -> Record:
    return Record("Choice", {"value": value, "probability": probability, "margin": margin, "scores": scores})


def scored(reply: Scored) -> Record:
    """Give the Score of a text: `sum`, `mean` and `lift` (equal to `sum` where the prompt holds no value)."""
    lift = reply.sum if reply.lift is None else reply.lift
    return Record("Score", {"sum": _exact(reply.sum), "mean": _exact(reply.mean), "lift": _exact(lift)})


def check_options(written: Sequence[str]) -> None:
    """Refuse options that can't be told apart. Errors: Failure Empty for none, Rejected for two written alike."""
    if not written:
        raise Failure("Empty", "CHOOSE has no options")
    if len(set(written)) < len(written):
        twice = next(text for i, text in enumerate(written) if text in written[:i])
        raise Failure("Rejected", f"two options of CHOOSE are written {shown(twice)}")
    if "" in written:
        raise Failure("Rejected", "an option of CHOOSE is written as an empty text")


def written(option: Value) -> str:
    """Write an option as the model sees it."""
    return rendered(option)


def _exact(value: float) -> int | Fraction:
    return number(Fraction(int(f"{value:.{DECIMALS}f}".replace(".", "")), 10**DECIMALS))
