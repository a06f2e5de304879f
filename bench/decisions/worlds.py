"""Worlds: passages about people and things that do not exist. For `verify`, `select` and `relevant`.

A passage states four facts, all of one sort or each of another; every wrong answer stands in it too. A question puts a
fact in other words, mostly. `source` is the passage's sentence that holds an answer: plain code finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench.decisions.items import NO, POOLS, YES, Item, half, material, overlap

NAMED = {"job": material("jobs"), "pet": material("pets")}
"""Sorts whose facts are answered by a name: statement and question."""

# sort: what it is about and its values; for either half a statement and its question, answered by {y}
PAIRS = {
    "home": (
        ("people", "town"),
        "{x} has a house in {y}. | Where does {x} live?",
        "{x} settled down in {y}. | What is the home town of {x}?",
    ),
    "price": (
        ("ware", "price"),
        "A {x} sells for {y}. | What does a {x} cost?",
        "One pays {y} for a {x}. | How much is a {x}?",
    ),
    "place": (
        ("small_thing", "spot"),
        "The {x} lie in {y}. | Where are the {x}?",
        "In {y} one finds the {x}. | Where do I look for the {x}?",
    ),
    "day": (
        ("group", "weekday"),
        "The {x} group meets on {y}. | On which day is {x}?",
        "{y} is the evening for {x}. | When does one go to {x}?",
    ),
}

Fact = tuple[str, str, str]
"""A statement, a question and its answer."""


@dataclass(frozen=True)
class World:
    """Four facts, and facts of one sort that it does not tell."""

    kind: str
    facts: tuple[Fact, ...]
    elsewhere: tuple[Fact, ...]

    @property
    def passage(self) -> str:
        """Give the statements as a text."""
        return " ".join(statement for statement, _, _ in self.facts)


def world(random: Random, part: int, mixed: bool = False) -> World:
    """Draw a world of one sort, or of four."""
    kinds = [*NAMED, *PAIRS]
    if mixed:
        facts: list[Fact] = []
        while len({answer for _, _, answer in facts}) < 4:
            facts = [_facts(random, part, kind)[0] for kind in random.sample(kinds, 4)]
        return World("mixed", tuple(facts), ())
    kind = random.choice(kinds)
    facts = _facts(random, part, kind)
    return World(kind, tuple(facts[:4]), tuple(facts[4:]))


def _facts(random: Random, part: int, kind: str) -> list[Fact]:
    if kind in PAIRS:
        return _paired(random, part, kind)
    return _named(random, part, NAMED[kind])


def _named(random: Random, part: int, lines: Sequence[str]) -> list[Fact]:
    chosen = random.sample(list(half(lines, part)), min(8, len(half(lines, part))))
    people = random.sample(list(half(POOLS["people"], part)), len(chosen))
    split = (line.split(" | ") for line in chosen)
    return [(fact.format(x=x), question, x) for (fact, question), x in zip(split, people, strict=True)]


def _paired(random: Random, part: int, kind: str) -> list[Fact]:
    pools, *phrases = PAIRS[kind]
    things, values = ([*half(POOLS[name], part)] if len(POOLS[name]) > 6 else [*POOLS[name]] for name in pools)
    random.shuffle(values)
    chosen = random.sample(things, min(len(values), len(things), 6))
    fact, question = phrases[part].split(" | ")
    pairs = zip(chosen, values, strict=False)
    return [(fact.format(x=x, y=y), question.format(x=x), y) for x, y in pairs]


def verify(random: Random, part: int, position: int) -> Item:
    """Draw a passage, a question and a proposed answer: is it right? Wrong ones stand in the passage too."""
    mixed = position % 4 > 1
    here = world(random, part, mixed)
    right = YES if position % 2 else NO
    told, question, answer = here.facts[random.randrange(4)]
    if right == NO:
        told, _, answer = random.choice([fact for fact in here.facts if fact[2] != answer])
    slots = {"passage": here.passage, "question": question, "answer": answer, "source": told}
    return Item({**slots, "others": _others(here, question)}, right, "mixed" if mixed else "one sort")


def select(random: Random, part: int, position: int) -> Item:
    """Draw a passage, a question and four answers that stand in the passage: which is right?"""
    mixed = position % 8 > 3
    here = world(random, part, mixed)
    right = position % 4
    _, question, answer = chosen = here.facts[random.randrange(4)]
    facts = [fact for fact in here.facts if fact[2] != answer]
    random.shuffle(facts)
    facts.insert(right, chosen)
    options = tuple({"answer": one, "source": told} for told, _, one in facts)
    listed = "\n".join(f"- {one}" for _, _, one in facts)
    slots = {"passage": here.passage, "question": question, "answers": listed, "others": _others(here, question)}
    return Item(slots, right, "mixed" if mixed else "one sort", options)


def _others(here: World, question: str) -> str:
    return "\n".join(other for _, other, _ in here.facts if other != question)


def relevant(random: Random, part: int, position: int) -> Item:
    """Draw a question and a passage: does the passage answer it? Others are of the same sort or of another."""
    here, there = world(random, part), world(random, part)
    right, kind = ((YES, "told"), (NO, "same sort"), (YES, "told"), (NO, "other sort"))[position % 4]
    while there.kind == here.kind or (kind == "same sort" and not here.elsewhere):
        here, there = world(random, part), world(random, part)
    source = {"told": here.facts, "same sort": here.elsewhere, "other sort": there.facts}[kind]
    return Item({"passage": here.passage, "question": random.choice(source)[1]}, right, kind)


def _nearest(item: Item) -> str:
    sentences = item.slots["passage"].split(". ")
    return max(sentences, key=lambda sentence: overlap(sentence, item.slots["question"]))


def verify_rule(item: Item) -> list[float]:
    """Say yes where the sentence that shares most words with the question contains the answer."""
    return [float(item.slots["answer"] in _nearest(item)), 0.5]


def select_rule(item: Item) -> list[float]:
    """Take the answer that the sentence nearest to the question contains."""
    return [float(option["answer"] in _nearest(item)) for option in item.options]


def relevant_rule(item: Item) -> list[float]:
    """Say yes where passage and question share two content words."""
    return [overlap(item.slots["passage"], item.slots["question"]) - 0.5, 0.0]
