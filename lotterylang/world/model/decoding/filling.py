"""Filling: an Ask in, rows to decode and at the end its reply out, hole by hole.

What fills a hole becomes text of the prompt for the next one and is read again with it, so no memory made by decoding
is ever continued as if it had been read. Next door: `row.py`, `constraint/`, `template.py`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from lotterylang.run.effects import Ask, Asked, Failed, FailureKind, Observed, Reply
from lotterylang.world.model.constraint.constraint import Constraint, constraint, gap
from lotterylang.world.model.constraint.matcher import Matcher
from lotterylang.world.model.decoding.row import Row
from lotterylang.world.model.decoding.sampling import Sampler, Taken
from lotterylang.world.model.reader import Reader
from lotterylang.world.model.template import sent


class _Failure(Exception):
    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.reply = Failed(kind, message)


class _Tally:
    """What was spent on a reply so far."""

    def __init__(self) -> None:
        self.prompt_tokens = 0
        self.cached_tokens = 0
        self.taken: list[Taken] = []

    def observed(self) -> Observed:
        margins = [taken.margin for taken in self.taken if taken.margin is not None]
        count = len(self.taken)
        return Observed(
            prompt_tokens=self.prompt_tokens,
            cached_tokens=self.cached_tokens,
            reply_tokens=count,
            mean_logprob=sum(taken.log_prob for taken in self.taken) / count if count else None,
            margin=min(margins, default=None),
            entropy=sum(taken.entropy for taken in self.taken) / count if count else None,
        )


def fill(ask: Ask, reader: Reader) -> Generator[Row | int, int, Reply]:
    """Fill the holes of an Ask: reads in slices, yields rows, each to be decoded until it has an outcome."""
    tally = _Tally()
    try:
        texts: tuple[str, ...] = ()
        sampler = Sampler(ask.sampling)
        for hole in ask.prompt.holes:
            row, wanted = yield from _row(ask, texts, reader, sampler, tally)
            with row.read:
                yield row
            tally.taken += row.taken
            texts += (_value(row, wanted, hole.name),)
        names = (hole.name for hole in ask.prompt.holes)
        ids = tuple(taken.token for taken in tally.taken)
        return Asked(tuple(zip(names, texts, strict=True)), ids, tally.observed())
    except _Failure as failure:
        return Failed(failure.reply.kind, failure.reply.message, tally.observed())


def _row(
    ask: Ask, texts: tuple[str, ...], reader: Reader, sampler: Sampler, tally: _Tally
) -> Generator[int, int, tuple[Row, Constraint]]:
    try:
        told = sent(ask.prompt, texts, reader.network.card, reader.tokens)
    except ValueError as cause:
        raise _Failure("Impossible", str(cause)) from cause
    place, ids = gap(ask.prompt, len(texts)), told.ids
    place = replace(place, joined=place.joined or told.spaced)
    wanted = constraint(place, ask.prompt.is_chat)
    matcher = _matcher(wanted, reader, place.hole.name)
    limit = _limit(ask, place.hole.max_tokens, len(ids), reader.network.card.architecture.context)
    read = yield from reader.prefixes.reading(ids)
    tally.prompt_tokens = max(tally.prompt_tokens, len(ids) - len(tally.taken))
    tally.cached_tokens += read.cached
    return Row(read, wanted, matcher, sampler, limit, reader.tokens), wanted


def _matcher(wanted: Constraint, reader: Reader, name: str) -> Matcher:
    try:
        return reader.matchers.of(wanted)
    except ValueError as cause:
        raise _Failure("Impossible", f"hole {name}: {cause}") from cause


def _limit(ask: Ask, most: int | None, prompt: int, context: int) -> int:
    """Give how many tokens the reply may have. Raises the failure of a reply that must not be begun."""
    room = context - prompt
    if room < (most if most is not None else 1):
        wanted = f"and a reply of {most}" if most is not None else "leaves no room for a reply and"
        raise _Failure(
            "ContextFull", f"the prompt of {prompt} tokens {wanted} exceeds the model's context of {context}"
        )
    limit = room if most is None else most
    if ask.tokens_left is not None:
        limit = min(limit, ask.tokens_left - prompt)
    if limit <= 0:
        raise _Failure("BudgetSpent", f"the prompt has {prompt} tokens and {ask.tokens_left} are left")
    return limit


def _value(row: Row, wanted: Constraint, name: str) -> str:
    if row.outcome == "impossible":
        raise _Failure("Impossible", f"hole {name}: no token is legal after '{row.reply}'")
    value = wanted.cut_value(row.reply) if row.outcome == "cut" else wanted.value(row.reply)
    if value is None and row.outcome == "cut":
        raise _Failure("Truncated", f"hole {name}: the reply was cut after {len(row.taken)} tokens: '{row.reply}'")
    if value is None:
        raise RuntimeError(f"a legal reply to hole {name} could not be read: {row.reply!r}")
    return value
