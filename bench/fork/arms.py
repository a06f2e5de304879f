"""Arms: three ways to have the same program answered, each counting the tokens that pass through it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass

from bench.engine.stage import Stage, ask
from bench.peers.llama_cpp_model import LlamaCpp
from lotterylang.run.effects import Model, ModelEffect, Reply
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.open import ready

OURS, ALONE, LLAMA = "LotteryLang", "one by one, no cache", "llama.cpp, its prompt cache"


@dataclass
class Tally:
    """What passed: calls, tokens of prompts, those of them that were cached, tokens written or scored."""

    calls: int = 0
    prompt: int = 0
    cached: int = 0
    written: int = 0


class Counting:
    """A model that counts what another one answers; `alone` asks it one question at a time."""

    def __init__(self, model: Model, alone: bool = False) -> None:
        self.name, self.identity = model.name, model.identity
        self._model = model
        self._queue = ThreadPoolExecutor(1) if alone else None
        self._tally = Tally()

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Hand the effects on."""
        if self._queue is None:
            futures = self._model.submit(effects)
        else:
            futures = [self._queue.submit(self._one, effect) for effect in effects]
        for future in futures:
            future.add_done_callback(self._count)
        return futures

    def close(self) -> None:
        """Close the other model."""
        if self._queue is not None:
            self._queue.shutdown(cancel_futures=True)
        self._model.close()

    def taken(self) -> dict[str, int]:
        """Give what passed since this was last asked."""
        tally, self._tally = self._tally, Tally()
        return asdict(tally)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text, as the other model does."""
        return self._model.count_tokens(text)  # type: ignore[attr-defined,no-any-return]

    def _one(self, effect: ModelEffect) -> Reply:
        return self._model.submit([effect])[0].result()

    def _count(self, future: Future[Reply]) -> None:
        observed = future.result().observed
        self._tally.calls += 1
        self._tally.prompt += observed.prompt_tokens
        self._tally.cached += observed.cached_tokens
        self._tally.written += observed.reply_tokens


def arms(stage: Stage) -> dict[str, Counting]:
    """Open all three. What a round asks is fresh, so the store of replies has no answer for any of them."""
    engine = stage.engine
    without = Engine(stage.model, ready(stage.model), prefix_bytes=0)
    without.submit([ask("A text.", 4)])[0].result()  # what an engine does once
    peer = LlamaCpp(stage.weights, engine.reader.network.card, engine.reader.tokens)
    return {OURS: Counting(engine), ALONE: Counting(without, alone=True), LLAMA: Counting(peer)}
