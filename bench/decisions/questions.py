"""Questions: what one step answers and what needs several; what needs a calculation, a fact, or neither.

For `divide` and `route`. A question of one step carries clauses that ask for nothing, so that length gives little away.
"""

from __future__ import annotations

import re
from random import Random

from bench.decisions.items import NO, YES, Item, filled, half

_TITLES = (
    "The Glass Harbour|Nine Winters|A Quiet Engine|The Salt Road|Marrow|Under Kettle Hill|The Last Ferry|Blue Timber|"
    "Paper Lions|The Clockless Town|Ember and Rye|A Coat for June"
)
POOLS = {
    "name": "Anna Boris Clara Dmitri Elena Farid Greta Hugo Ines Jonas Karin Leo Marta Nils Olga Pedro".split(),
    "city": "Lisbon Oslo Turin Leeds Ghent Porto Lyon Bergen Krakow Malmo Graz Basel Seville Bremen".split(),
    "title": _TITLES.split("|"),
    "n": "6 7 8 9 11 12 13 14 15 16 18 19".split(),
    "m": "21 24 26 28 32 35 36 42 45 48 54 56".split(),
    "q": "200 250 300 350 400 450 500 600".split(),
    "thing": "pencils melons lamps ropes plates candles chairs stamps hats kites".split(),
    "place": "bridge|tower|museum|station|theatre|harbour|market hall|castle|library|lighthouse".split("|"),
    "kin": "mother|brother|teacher|husband|daughter|neighbour|grandfather|cousin".split("|"),
    "tool": "drill|saw|ladder|tent|kettle|bicycle|camera|heater".split("|"),
}

# one step | several steps, much the same length
DIVIDE = """
chain: Who wrote {title}, the novel that everybody in {city} was reading last summer? | Where was the {kin} of the woman who wrote the novel {title} born?
chain: How old is the {place} of {city}, where {name} and the {kin} like to meet? | How old was the architect of the {place} of {city} when it was opened?
chain: In which year was {title} filmed, the story about a {kin} and a {tool}? | In which year did the {kin} of the director of {title} die?
chain: What is the name of the {place} in {city} where {name} used to work with a {kin}? | What is the name of the town in which the founder of the {place} in {city} grew up?
chain: Who painted the picture called {title} that hangs in the {place} of {city}? | Who taught the painter whose picture {title} hangs in the {place} of {city}?
chain: On which river does {city} lie, the town with the famous {place}? | On which river does the town lie where the author of {title} went to school?
sums: {name} buys {n} {thing} for {m} coins each in a shop near the {place}. What does {name} pay? | {name} buys {n} {thing} for {m} coins each and pays with {q} coins. What does {name} get back?
sums: In {city}, {m} {thing} lie on a table, and {name}, who is tired, takes {n} of them. How many are left? | {m} {thing} lie on a table, {name} takes {n} and {name2} brings twice as many. How many are there?
sums: {name} and {name2} share {m} {thing} on the way to the {place}. How many does each of the two get? | {name} has {m} {thing}, gives away a third and then loses {n}. How many does {name} keep?
sums: A train with {q} seats to {city} has {m} people on board, among them {name}. How many seats are free? | A train has {q} seats in {n} cars, and {m} people get on. How many seats of each car stay free?
sums: {name} walks {n} miles on Monday and {m} miles on Friday, past the {place} of {city}. How far is that in all? | {name} walks {n} miles a day for a week, {name2} walks {m} miles in all. How much farther does {name} go?
sums: It is {n} degrees in {city} at noon, and by night it gets 5 degrees colder. How cold is the night? | {n} {thing} cost {m} coins in {city} and {q} in Rome. By how much is one of them dearer there?
compare: How tall is the {place} that stands in {city}, not far from {name}'s house? | Which is taller, the {place} of {city} or the {place2} of {city2}?
compare: What does a {tool} cost at the shop beside the {place} in {city}? | Is a {tool} cheaper at the shop in {city} than at the one in {city2}?
compare: How many people live in {city}, the town that {name} and {name2} come from? | Do more people live in {city} and {city2} together than in {city3}?
compare: When was {name} born, the {kin} of the man with the {tool}? | Who is older, {name} the {kin} of {name2} or {name3}?
compare: How long is the way from {city} to {city2} for somebody who carries a {tool}? | Is it longer from {city} to {city2} or from there on to {city3}?
compare: How many pages has {title}, the book that {name} left in the {place}? | How many more pages has {title} than {title2}, and who wrote it?
tasks: Book a room in {city} for {name}, somewhere near the {place} and not too loud. | Book a room in {city}, and when it is confirmed send {name} the address.
tasks: Find out for {name} and {name2} when the {place} in {city} opens on Sundays. | Find a day on which {name} and {name2} are both free and the {place} in {city} is open.
tasks: Send {name} a short letter about the {tool} that stood in the hall all week. | Look up what a {tool} costs, write it into the list and send that to {name}.
tasks: Translate the sign at the {place} of {city} for {name} and the children. | Translate the letter from {city}, shorten it to a page and print it for {name}.
tasks: Remind {name} to bring the old {tool} from the cellar on Saturday morning. | Measure the cellar, draw a plan, and order a {tool} that fits through the door.
tasks: Rent a {tool} for the weekend from the friendly people by the {place}. | Compare three offers for a {tool}, pick the best and pay for it.
""".strip().splitlines()

ROUTE = """
calculation: {name} picks {n} baskets with {m} plums each; how many plums is that?
calculation: What is left of {q} coins after {n} {thing} at {m} coins?
calculation: {name} shares {q} {thing} evenly among {n} friends; how many are left over?
calculation: A wall is {m} feet long and {n} feet high; what is its area?
calculation: If {n} {thing} weigh {m} pounds, what do {q} of them weigh?
calculation: {name} was {n} years old {m} years ago; how old is {name} now?
calculation: How many minutes are there in {n} days and {m} hours?
calculation: Take {m} percent of {q} and add {n}.
calculation: {name} reads {n} pages a day; how long does a book of {q} pages take?
calculation: What is the average of {n}, {m} and {q}?
fact: Who wrote the novel {title}?
fact: How many people live in {city}?
fact: When was the {place} of {city} built?
fact: What is the highest point near {city}?
fact: Which {thing} does the {place} in {city} sell since 19{m}?
fact: How tall is the {place} in {city}, for which {q} men worked?
fact: Who was mayor of {city} in 19{m}?
fact: In which year was {name} {title} born, the painter of {n} portraits?
fact: What is the area of {city} in square miles?
fact: How many years did it take to build the {place} of {city}?
neither: Write a birthday wish for {name}, who turns {n} today.
neither: Suggest a title for a story about a {tool} and a {place}.
neither: What should I say to a {kin} who is angry with me?
neither: How do I tell {name} that the {tool} is broken?
neither: Make this friendlier: bring me the {tool} at once!
neither: Which present would you choose for a {kin} of {m}?
neither: Invent a game for {n} children and a {tool}.
neither: Describe a morning at the {place} of {city} as a child would.
neither: How would you calm {name} before a speech to {q} people?
neither: What do you like about the word {title}?
""".strip().splitlines()


# The cases as a program describes them, with examples that stand in neither half.
STEPS = (
    {
        "case": "that takes several steps",
        "examples": "- Is the aunt of Paul taller than the sister of Rosa?\n"
        "- Rosa buys 3 cups at 20 coins and pays with 100 coins. What does she get back?\n"
        "- Copy the address, print it and bring it to Paul.",
    },
    {
        "case": "that takes one step",
        "examples": "- How tall is the aunt of Paul, the woman with the green hat?\n"
        "- Rosa buys 3 cups at 20 coins in a shop by the sea. What does she pay?\n"
        "- Bring the heavy old suitcase to Paul in the garden.",
    },
)
NEEDS = (
    {
        "need": "a calculation",
        "case": "that has to be calculated",
        "examples": "- Paul has 30 cups and breaks 4; how many cups has he left?\n- What is 17 times 80?\n"
        "- Rosa runs 5 miles in 60 minutes; how long does she take for 2 miles?",
    },
    {
        "need": "a fact to look up",
        "case": "about a fact that can be looked up",
        "examples": "- Who painted the Mona Lisa?\n- How long is the river Danube?\n- When was Rosa Parks born?",
    },
    {
        "need": "neither",
        "case": "about feelings, opinions or a text to be written",
        "examples": "- Write a toast for Paul, who is 30 now.\n- What do you say to a child who is afraid of dogs?\n"
        "- Find a nice name for a boat.",
    },
)


def divide(random: Random, part: int, position: int) -> Item:
    """Draw a question: does it need several steps?"""
    right = YES if position % 2 else NO
    kind, both = random.choice(list(half(DIVIDE, part))).split(": ", 1)
    one, several = both.split(" | ")
    question = filled(several if right == YES else one, random, part, POOLS)
    return Item({"question": question}, right, kind, STEPS)


def route(random: Random, part: int, position: int) -> Item:
    """Draw a question: does it need a calculation, a fact to look up, or neither?"""
    kinds = ("calculation", "fact", "neither")
    right = position % 3
    lines = [line for line in half(ROUTE, part) if line.startswith(kinds[right])]
    question = filled(random.choice(lines).split(": ", 1)[1], random, part, POOLS)
    return Item({"question": question}, right, kinds[right], NEEDS)


def divide_rule(item: Item) -> list[float]:
    """Count what an engineer would look for: comparisons, `and`, two sentences, three numbers, `of the`."""
    text = item.slots["question"].lower()
    signs = len(re.findall(r"\bthan\b|\bor\b|\band\b|\bwhich is\b|\beach\b|\bthen\b|\bof the\b|,", text))
    return [signs + (len(re.findall(r"\d+", text)) > 2) - 1.5, 0.0]


def route_rule(item: Item) -> list[float]:
    """Take two numbers for a calculation, a question word for a fact."""
    text = item.slots["question"].lower()
    numbers = len(re.findall(r"\d+", text))
    asks = re.match(r"(who|when|where|which|how many|how tall|what is|in which)\b", text) is not None
    return [numbers - 1.5, asks - 0.4, 0.0]
