"""Choosing: a Choose or a Score in, its reply out.

An option's score is the log-probability of its tokens and of its end after the prompt, minus its mean over the contrast
prompts. Options are encoded by themselves, so the prompt's tokens are the same before each. Next door: `log_probs.py`
reads all options, `pruning.py` as few as tell which is best.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from lotterylang.run.effects import Choose, Chosen, Failed, Observed, Prompt, Reply, Score, Scored
from lotterylang.world.model.prefix.cache import Read
from lotterylang.world.model.reader import Reader
from lotterylang.world.model.scoring.log_probs import LogProbs, read_and_scored
from lotterylang.world.model.scoring.pruning import best
from lotterylang.world.model.template import Sent, sent

Options = tuple[tuple[int, ...], ...]

Passes = Generator[int, int, Reply]
"""Yields the positions of a pass after each, so that others may go on between, and returns the reply."""


def choose(effect: Choose, reader: Reader) -> Passes:
    """Score the options. Units: nats. Errors: `Failed` where prompt and option exceed the context or the budget."""
    sents = _sents((effect.prompt, *effect.contrast), reader)
    if isinstance(sents, Failed):
        return sents
    prompts, options = [one.ids for one in sents], _encoded(effect.options, sents, reader)
    short = _shortage(prompts, options, effect.tokens_left, reader)
    if short is not None:
        return short
    observed = Observed(reply_tokens=sum(map(len, options)))
    if effect.only_best and all(options) and len(set(options)) == len(options) and not reader.network.is_local:
        return (yield from _best(prompts[0], options, effect.prompt, reader, observed))
    per_prompt: list[list[float]] = []
    for ids, prompt in zip(prompts, (effect.prompt, *effect.contrast), strict=True):
        found, observed = yield from _scored(ids, options, _ends(prompt, reader), reader, observed)
        per_prompt.append([one.with_end / (len(one.tokens) + 1 if effect.per_token else 1) for one in found])
    plain, contrast = per_prompt[0], per_prompt[1:]
    scores = [score - sum(other[i] for other in contrast) / max(1, len(contrast)) for i, score in enumerate(plain)]
    return Chosen(tuple(scores), observed)


def score(effect: Score, reader: Reader) -> Passes:
    """Score a text. Units: nats. Errors: as `choose`."""
    asked = (effect.prompt,) if effect.blank is None else (effect.prompt, effect.blank)
    sents = _sents(asked, reader)
    if isinstance(sents, Failed):
        return sents
    prompts, text = [one.ids for one in sents], _encoded((effect.text,), sents, reader)
    short = _shortage(prompts, text, effect.tokens_left, reader)
    if short is not None:
        return short
    observed = Observed(reply_tokens=len(text[0]))
    sums: list[float] = []
    for ids in prompts:
        found, observed = yield from _scored(ids, text, (), reader, observed)
        sums.append(sum(found[0].tokens))
    mean = sums[0] / max(1, len(text[0]))
    return Scored(sums[0], mean, None if effect.blank is None else sums[0] - sums[1], observed)


def _sents(prompts: tuple[Prompt, ...], reader: Reader) -> list[Sent] | Failed:
    try:
        return [sent(prompt, (), reader.network.card, reader.tokens) for prompt in prompts]
    except ValueError as cause:
        return Failed("Impossible", str(cause))


def _encoded(texts: tuple[str, ...], sents: list[Sent], reader: Reader) -> Options:
    """Encode options as they stand after their prompts."""
    space = " " if sents[0].spaced else ""
    return tuple(tuple(reader.tokens.encode(space + text)) for text in texts)


def _shortage(
    prompts: list[tuple[int, ...]], options: Options, tokens_left: int | None, reader: Reader
) -> Failed | None:
    context = reader.network.card.architecture.context
    longest = max(map(len, prompts)) + max(map(len, options), default=0)
    if longest > context:
        return Failed("ContextFull", f"prompt and option of {longest} tokens exceed the model's context of {context}")
    total = sum(map(len, prompts)) + sum(map(len, options))
    if tokens_left is not None and total > tokens_left:
        return Failed("BudgetSpent", f"prompts and options have {total} tokens and {tokens_left} are left")
    return None


def _ends(prompt: Prompt, reader: Reader) -> tuple[int, ...]:
    """List the tokens that end a continuation: in a chat those that end the turn, else newlines too."""
    card = reader.network.card
    return card.ends if prompt.is_chat else (*card.ends, *card.newlines)


def _scored(
    ids: tuple[int, ...], options: Options, ends: tuple[int, ...], reader: Reader, observed: Observed
) -> Generator[int, int, tuple[list[LogProbs], Observed]]:
    read, found = yield from read_and_scored(reader.network, reader.prefixes, ids, options, ends)
    read.release()
    return found, _with(read, observed)


def _best(
    ids: tuple[int, ...], options: Options, prompt: Prompt, reader: Reader, observed: Observed
) -> Generator[int, int, Chosen]:
    with (yield from reader.prefixes.reading(ids)) as read:
        found = yield from best(reader.network, reader.prefixes, read, options, _ends(prompt, reader))
    bounds = tuple(place for place, is_exact in enumerate(found.exact) if not is_exact)
    return Chosen(found.sums, _with(read, observed), bounds)


def _with(read: Read, observed: Observed) -> Observed:
    """Add what was read for a prompt."""
    prompt_tokens, cached_tokens = observed.prompt_tokens + len(read.ids), observed.cached_tokens + read.cached
    return replace(observed, prompt_tokens=prompt_tokens, cached_tokens=cached_tokens)
