"""llama.cpp as `run.effects.Model`: the same prompts, token for token, and the same limits; one question at a time.

A free text is written as it comes, stops and limits kept; only its first token is bound to begin with the space that
joins it, where there is one, and not to end it. Choices and whole numbers are constrained by llama.cpp's own
grammar (GBNF). Next door: `llama_cpp_program.py` is the process; its prompt cache is llama.cpp's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from bench.peers import waiting
from bench.peers.environments import LLAMA_CPP
from bench.peers.peer import Peer
from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Failed, ModelEffect, Observed, Reply
from lotterylang.run.shapes import Free, OneOf, Shape, Whole
from lotterylang.world.model import device
from lotterylang.world.model.build.card import Card
from lotterylang.world.model.constraint import notation
from lotterylang.world.model.constraint.constraint import Constraint, constraint, gap
from lotterylang.world.model.template import sent
from lotterylang.world.model.tokenizer import Tokens


class LlamaCpp:
    """A running llama.cpp. It encodes nothing itself: tokenizer and card are the engine's."""

    def __init__(self, weights: Path, card: Card, tokens: Tokens) -> None:
        self.name = self.identity = "llama.cpp"
        self._card, self._tokens = card, tokens
        words = (str(weights), str(device.usable_cores()))
        chosen = waiting.variables(weights)
        self._peer = Peer("llama.cpp", LLAMA_CPP.python(), "llama_cpp_program.py", *words, variables=chosen)
        self._queue = ThreadPoolExecutor(1)

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Answer one after another."""
        return [self._queue.submit(self._answer, effect) for effect in effects]

    def close(self) -> None:
        """End the process."""
        self._queue.shutdown(cancel_futures=True)
        self._peer.close()

    def _answer(self, effect: ModelEffect) -> Reply:
        match effect:
            case Ask():
                return self._ask(effect)
            case Choose(contrast=()):
                return self._choose(effect)
        raise ValueError(f"no program of the bench asks this: {effect}")

    def _ask(self, ask: Ask) -> Reply:
        texts: tuple[str, ...] = ()
        written: list[int] = []
        prompt = cached = 0
        for place, hole in enumerate(ask.prompt.holes):
            told = sent(ask.prompt, texts, self._card, self._tokens)
            wanted = constraint(gap(ask.prompt, place), ask.prompt.is_chat)
            found = self._peer.order(
                do="ask",
                ids=told.ids,
                limit=hole.max_tokens or self._card.architecture.context,
                grammar=grammar(wanted.shape, wanted.lead),
                first=f'root ::= "{wanted.lead}" [^\\n]+' if wanted.lead and isinstance(wanted.shape, Free) else None,
                stops=wanted.before,
                temperature=ask.sampling.temperature,
                top_p=ask.sampling.top_p,
                seed=ask.sampling.seed,
            )
            written += found["ids"]
            prompt, cached = max(prompt, len(told.ids)), cached + found["cached"]
            value = self._value(found["ids"], wanted)
            if value is None:
                return Failed("Truncated", f"hole {hole.name}", Observed(prompt, cached, len(written)))
            texts += (value,)
        names = (hole.name for hole in ask.prompt.holes)
        pairs = tuple(zip(names, texts, strict=True))
        return Asked(pairs, tuple(written), Observed(prompt, cached, len(written)))

    def _value(self, ids: list[int], wanted: Constraint) -> str | None:
        """Read the value off; free text need not begin with the space that its grammar would force."""
        ended = bool(ids) and ids[-1] in self._card.ends
        reply = self._tokens.decode(ids[:-1] if ended else ids).decode(errors="ignore")
        reply = wanted.lead + reply.removeprefix(wanted.lead)
        return wanted.value(reply) or wanted.cut_value(reply)

    def _choose(self, choose: Choose) -> Reply:
        told = sent(choose.prompt, (), self._card, self._tokens)
        options = [self._tokens.encode(option) for option in choose.options]
        ends = self._card.ends if choose.prompt.is_chat else (*self._card.ends, *self._card.newlines)
        found = self._peer.order(do="choose", ids=told.ids, options=options, ends=ends)
        lengths = [len(option) + 1 if choose.per_token else 1 for option in options]
        scores = tuple((text + end) / length for (text, end), length in zip(found["scores"], lengths, strict=True))
        return Chosen(scores, Observed(len(told.ids), found["cached"], sum(map(len, options))))


def grammar(shape: Shape, lead: str) -> str | None:
    """Write a shape in llama.cpp's notation; None for free text, which needs none.

    Errors: ValueError for a shape that no program of the bench has.
    """
    match shape:
        case Free(patterns=(), parts_of=()):
            return None
        case OneOf(options):
            value = " | ".join(json.dumps(option, ensure_ascii=False) for option in options)
        case Whole(low, high):
            value = _gbnf(notation.whole(low, high))
        case _:
            raise ValueError(f"no program of the bench has a hole like this: {shape}")
    return f"root ::= {json.dumps(lead)} ({value})" if lead else f"root ::= {value}"


def _gbnf(expression: str) -> str:
    """Write a regular expression of digits, classes, counts, groups and alternatives."""
    parts, at = [], 0
    text = expression.replace("(?:", "(")
    while at < len(text):
        end = at + 1
        if text[at] in "[{":
            end = text.index("]" if text[at] == "[" else "}", at) + 1
        piece = text[at:end]
        parts.append(f'"{piece}"' if piece.isdigit() or piece == "-" else piece)
        at = end
    return " ".join(parts).replace(" {", "{")
