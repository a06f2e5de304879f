"""The reply store: what was answered before, so that the same question is asked once.

Keyed by the effect without its path, without the limit on tokens, and without what greedy decoding ignores; the model
is the store's owner. Next door: `engine.py` asks it first.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from lotterylang.run.effects import GREEDY, Ask, Asked, Chosen, ModelEffect, Reply, Scored


def question(effect: ModelEffect) -> ModelEffect:
    """Give what an effect asks, whoever asks it: effects with equal questions have equal replies."""
    asked = replace(effect, path="", model="")
    if isinstance(asked, Ask) and asked.sampling.temperature <= 0:
        asked = replace(asked, sampling=GREEDY)
    return asked


class ReplyStore:
    """Replies by question; the least recently used goes first. Not thread-safe: the engine's lock guards it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[ModelEffect, Reply] = OrderedDict()

    def find(self, effect: ModelEffect) -> Reply | None:
        """Give the reply to an equal question, if it keeps within the tokens that this one has left."""
        key = replace(question(effect), tokens_left=None)
        reply = self._kept.get(key)
        if reply is None or (effect.tokens_left is not None and effect.tokens_left < _spent(reply)):
            return None
        self._kept.move_to_end(key)
        return replace(reply, observed=replace(reply.observed, cached_tokens=reply.observed.prompt_tokens, seconds=0.0))

    def keep(self, effect: ModelEffect, reply: Reply) -> None:
        """Keep a reply; a failure, or one that the limit on tokens may have shaped, is not kept."""
        if not isinstance(reply, Asked | Chosen | Scored):
            return
        if effect.tokens_left is not None and effect.tokens_left <= _spent(reply):
            return
        self._kept[replace(question(effect), tokens_left=None)] = reply
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing of what was kept."""
        self._kept.clear()


def _spent(reply: Reply) -> int:
    return reply.observed.prompt_tokens + reply.observed.reply_tokens
