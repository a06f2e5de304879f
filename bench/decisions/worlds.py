"""Worlds: passages about people and things that do not exist. For `verify`, `select` and `relevant`.

A passage states four facts of one sort, so every wrong answer stands in it too; a question puts a fact in other words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bench.decisions.items import NO, YES, Item, half, overlap

NAMES = (
    "Mira Tolben|Oskar Vehn|Lena Quist|Pavel Dorn|Ruth Halloway|Emil Sarto|Nadia Brink|Tomas Wray|Ida Fenwick|"
    "Jorge Pell|Sanna Moor|Viktor Lund|Alma Reyes|Bruno Castel|Hilde Okoro|Cyril Babb"
).split("|")
TOWNS = "Halvik|Orsted|Pellamy|Quarn|Brisco|Tamsel|Ludden|Werrow|Coldby|Mardale|Senlis Ford|Ankerholt".split("|")
DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday".split("|")

# statement about {x} | question about {x}; the thing asked for is a name
JOBS = """
{x} bakes bread for the whole street. | Who works as a baker?
{x} mends watches behind the station. | Who is the clockmaker?
{x} drives the night bus. | Whose job is it to carry passengers after dark?
{x} keeps the books of a shipping firm. | Who is an accountant?
{x} pulls teeth in a small practice. | Who is a dentist?
{x} cuts hair by the river. | Who is the barber?
{x} teaches children to read. | Who works at a school?
{x} grows wheat on a hill. | Who is a farmer?
{x} sews coats and gowns. | Who is the tailor?
{x} flies a plane over the sea. | Who is a pilot?
{x} nurses the sick at night. | Who works in a hospital?
{x} catches herring with a boat. | Who is a fisherman?
{x} paints portraits for money. | Who lives on art?
{x} puts out fires. | Who belongs to the fire brigade?
{x} sells roses and tulips. | Who has a flower shop?
{x} defends people in court. | Who is a lawyer?
""".strip().splitlines()

PETS = """
A parrot shares the flat with {x}. | Who has a bird?
{x} rides a grey mare. | Who owns a horse?
{x} walks a terrier every morning. | Who has a dog?
{x} feeds carp in a pond. | Who keeps fish?
{x} cannot sleep without the purring on the bed. | Who has a cat?
Honey comes from the hives of {x}. | Who keeps bees?
{x} milks two goats. | Who gets milk from animals of their own?
An old tortoise lives in the garden of {x}. | Who has a pet with a shell?
""".strip().splitlines()

# thing and place or value: statement with {x} and {y} | question about {x}, answered by {y}
PAIRS = {
    "home": (
        NAMES,
        TOWNS,
        "{x} has a house in {y}. | Where does {x} live?",
        "{x} settled down in {y}. | What is the home town of {x}?",
    ),
    "price": (
        "pear|hammer|lantern|kite|teapot|rope|mirror|drum".split("|"),
        "12 coins|15 coins|18 coins|25 coins|30 coins|40 coins|45 coins|60 coins".split("|"),
        "A {x} sells for {y}. | What does a {x} cost?",
        "One pays {y} for a {x}. | How much is a {x}?",
    ),
    "place": (
        "nails|letters|buttons|seeds|coins|spoons|shells|maps".split("|"),
        "the red tin|the top drawer|a glass jar|the old trunk|a blue bag|the attic|a shoe box|the desk".split("|"),
        "The {x} lie in {y}. | Where are the {x}?",
        "In {y} one finds the {x}. | Where do I look for the {x}?",
    ),
    "day": (
        "chess|choir|yoga|pottery|fencing|drawing|judo|ballet".split("|"),
        DAYS,
        "The {x} group meets on {y}. | On which day is {x}?",
        "{y} is the evening for {x}. | When does one go to {x}?",
    ),
}

Fact = tuple[str, str, str]
"""A statement, a question and its answer."""


@dataclass(frozen=True)
class World:
    """Four facts of one sort, and the same sort of questions about what it does not tell."""

    kind: str
    facts: tuple[Fact, ...]
    elsewhere: tuple[Fact, ...]

    @property
    def passage(self) -> str:
        """Give the statements as a text."""
        return " ".join(statement for statement, _, _ in self.facts)


def world(random: Random, part: int) -> World:
    """Draw a world of one sort."""
    kind = random.choice(["job", "pet", *PAIRS])
    facts = _paired(random, part, kind) if kind in PAIRS else _named(random, part, JOBS if kind == "job" else PETS)
    return World(kind, tuple(facts[:4]), tuple(facts[4:]))


def _named(random: Random, part: int, lines: Sequence[str]) -> list[Fact]:
    chosen = random.sample(list(half(lines, part)), min(8, len(half(lines, part))))
    people = random.sample(list(half(NAMES, part)), len(chosen))
    split = (line.split(" | ") for line in chosen)
    return [(fact.format(x=x), question, x) for (fact, question), x in zip(split, people, strict=True)]


def _paired(random: Random, part: int, kind: str) -> list[Fact]:
    things, values, *phrases = PAIRS[kind]
    values = list(values if len(values) < 8 else half(values, part))
    random.shuffle(values)
    chosen = random.sample(list(things if len(things) < 10 else half(things, part)), min(len(values), 6))
    fact, question = phrases[part].split(" | ")
    pairs = zip(chosen, values, strict=False)
    return [(fact.format(x=x, y=y), question.format(x=x), y) for x, y in pairs]


def verify(random: Random, part: int, position: int) -> Item:
    """Draw a passage, a question and a proposed answer: is it right? Wrong ones stand in the passage too."""
    here = world(random, part)
    right = YES if position % 2 else NO
    _, question, answer = here.facts[random.randrange(4)]
    if right == NO:
        answer = random.choice([other for _, _, other in here.facts if other != answer])
    others = "\n".join(q for _, q, _ in here.facts if q != question)
    return Item({"passage": here.passage, "question": question, "answer": answer, "others": others}, right, here.kind)


def select(random: Random, part: int, position: int) -> Item:
    """Draw a passage, a question and four answers that stand in the passage: which is right?"""
    here = world(random, part)
    right = position % 4
    _, question, answer = here.facts[random.randrange(4)]
    answers = [other for _, _, other in here.facts if other != answer]
    random.shuffle(answers)
    answers.insert(right, answer)
    options = tuple({"answer": one} for one in answers)
    listed = "\n".join(f"- {one}" for one in answers)
    others = "\n".join(q for _, q, _ in here.facts if q != question)
    slots = {"passage": here.passage, "question": question, "answers": listed, "others": others}
    return Item(slots, right, here.kind, options)


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
