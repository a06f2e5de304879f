"""Arms: an item in, an answer out. The program, the model alone, the cheap rules, and the dice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import lotterylang as lot
from bench.answers import asking, spans
from bench.answers.items import Item
from lotterylang.run.effects import Asked, Chosen, Model, ModelEffect, Reply, Scored

PROGRAMS = Path(__file__).parents[2] / "programs" / "first"


@dataclass(frozen=True)
class Answer:
    """What an arm says when it must answer, the sentence that it rests on, and how sure it is."""

    text: str
    evidence: str
    confidence: float


class World:
    """The model with a count of what is read: tokens of prompts that were not in the cache, and of replies."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.tokens = 0

    def answer(self, effects: Sequence[ModelEffect]) -> list[Reply]:
        """Have effects answered together."""
        replies = [future.result() for future in self.model.submit(effects)]
        seen = [reply.observed for reply in replies]
        self.tokens += sum(one.prompt_tokens - one.cached_tokens + one.reply_tokens for one in seen)
        return replies


Arm = Callable[[Item, World, Random], Answer]


def byprogram_of(item: Item, world: World, random: Random) -> Answer:
    """Rank the sentences, let the model choose a part of the two best, weigh the question given both."""
    evidence = _evidence(item, world)
    choice = asking.choice(evidence, item.question)
    lift = asking.lift(" ".join(evidence), item.question)
    lifted, *chosen = world.answer([lift, choice] if choice else [lift])
    scores = chosen[0].scores if chosen and isinstance(chosen[0], Chosen) else ()
    return _answer(choice.options if choice else (), scores, evidence, _lift(lifted))


def by_weighing(item: Item, world: World, random: Random) -> Answer:
    """Do the same, and weigh the best answers again by how likely each makes the question."""
    evidence = _evidence(item, world)
    choice = asking.choice(evidence, item.question)
    if choice is None:
        return byprogram_of(item, world, random)
    lifted, chosen = world.answer([asking.lift(" ".join(evidence), item.question), choice])
    scores = chosen.scores if isinstance(chosen, Chosen) else ()
    ranked = sorted(zip(scores, choice.options, strict=True), reverse=True)[: asking.WEIGHED]
    turned = world.answer([asking.explained(evidence, option.strip(), item.question) for _, option in ranked])
    sums = [asking.SHARE * reply.sum if isinstance(reply, Scored) else 0.0 for reply in turned]
    again = [score + more for (score, _), more in zip(ranked, sums, strict=True)]
    return _answer([option for _, option in ranked], again, evidence, _lift(lifted))


def by_question(item: Item, world: World, random: Random) -> Answer:
    """Judge only whether the text answers: the program's evidence and confidence without its choice."""
    evidence = _evidence(item, world)
    (lifted,) = world.answer([asking.lift(" ".join(evidence), item.question)])
    return Answer("", evidence[0], _lift(lifted))


def by_lot(item: Item, world: World, random: Random) -> Answer:
    """Run `programs/first/answer.lot` as it stands: it may say that it is not in the text."""
    said = program_of("answer").run(text=item.text, question=item.question).value
    return Answer(said["answer"], said["evidence"], float(said["support"]))


def by_dice(item: Item, world: World, random: Random) -> Answer:
    """Run the same program with dice in place of the model."""
    read = _read(item)
    evidence = _best(read, [random.random() for _ in read], item.text)
    choice = asking.choice(evidence, item.question)
    options = choice.options if choice else ()
    return _answer(options, [random.random() for _ in options], evidence, random.random())


def by_chance(item: Item, world: World, random: Random) -> Answer:
    """Take any part of the text that may be an answer."""
    sentence = random.choice(spans.sentences(item.text))
    return Answer(random.choice(spans.parts(sentence) or [sentence]), sentence, random.random())


def by_first(item: Item, world: World, random: Random) -> Answer:
    """Take the first sentence."""
    first = spans.sentences(item.text)[0]
    return Answer(first, first, 0.0)


def by_overlap(item: Item, world: World, random: Random) -> Answer:
    """Take the sentence that shares most words with the question."""
    nearest = spans.nearest(spans.sentences(item.text), item.question)
    asked = max(1, spans.shared(item.question, item.question))
    return Answer(nearest, nearest, spans.shared(nearest, item.question) / asked)


def by_name(item: Item, world: World, random: Random) -> Answer:
    """Take the first name or number of that sentence that the question does not hold."""
    whole = by_overlap(item, world, random)
    return Answer(next(iter(spans.names(whole.text, item.question)), whole.text), whole.evidence, whole.confidence)


def asked(part: bool, shots: bool) -> Arm:
    """Give the arm that has the model write the answer; it is as sure as its reply is likely."""

    def by_model(item: Item, world: World, random: Random) -> Answer:
        (reply,) = world.answer([asking.plain(item.text, item.question, part, shots)])
        text, likely = _text(reply), reply.observed.mean_logprob
        sentences = spans.sentences(item.text)
        evidence = next((one for one in sentences if text and text in one), sentences[0])
        return Answer(text, evidence, float("-inf") if likely is None else likely)

    return by_model


ARMS: dict[str, Arm] = {
    "random": by_chance,
    "first": by_first,
    "overlap": by_overlap,
    "overlap, a name": by_name,
    "program, dice": by_dice,
    "program": byprogram_of,
    "program, weighed": by_weighing,
    "answer.lot": by_lot,
    "chat": asked(part=False, shots=False),
    "chat, a part": asked(part=True, shots=False),
    "examples": asked(part=False, shots=True),
    "examples, a part": asked(part=True, shots=True),
}


@cache
def program_of(name: str) -> lot.Program:
    """Load a program of the project once."""
    return lot.load(PROGRAMS / f"{name}.lot")


def _read(item: Item) -> list[str]:
    return sorted(spans.sentences(item.text), key=lambda one: -spans.shared(one, item.question))[: asking.READ]


def _evidence(item: Item, world: World) -> list[str]:
    read = _read(item)
    likely = world.answer([asking.likelihood(one, item.question) for one in read])
    return _best(read, [one.sum for one in likely if isinstance(one, Scored)], item.text)


def _lift(reply: Reply) -> float:
    return reply.lift if isinstance(reply, Scored) and reply.lift is not None else float("-inf")


def _best(read: Sequence[str], scores: Sequence[float], text: str) -> list[str]:
    """Give the two sentences with the highest scores, as they follow in the text."""
    ranked = sorted(zip(scores, read, strict=True), key=lambda pair: -pair[0])
    return sorted((one for _, one in ranked[: asking.EVIDENCE]), key=text.find)


def _text(reply: Reply) -> str:
    return reply.texts[0][1] if isinstance(reply, Asked) else ""


def _answer(options: Sequence[str], scores: Sequence[float], evidence: Sequence[str], confidence: float) -> Answer:
    if not options:
        return Answer(evidence[0], evidence[0], confidence)
    chosen = max(zip(scores, options, strict=True), key=lambda pair: pair[0])[1].strip()
    return Answer(chosen, next(one for one in evidence if chosen in one), confidence)
