"""Procedures: tasks with steps in their only sensible order (`order`), and sums right and wrong (`verify_sum`)."""

from __future__ import annotations

import re
from random import Random

from bench.decisions.items import NO, YES, Item, half

PROCEDURES = """
bake bread: weigh the flour | knead the dough | let the dough rise | shape a loaf | put the loaf in the oven | slice the bread
make an omelette: crack the eggs | whisk the eggs | pour the eggs into the pan | fold the omelette | slide it onto a plate | eat the omelette
wash clothes: sort the laundry | load the machine | start the machine | take out the wet clothes | hang the clothes on the line | fold the dry shirts
send a letter: write the letter | fold the letter | slip it into an envelope | lick the envelope shut | stick a stamp on it | drop it into the mailbox
change a tyre: loosen the nuts | jack up the car | pull off the flat wheel | fit the spare wheel | let the car down again | drive on carefully
grow tomatoes: dig the bed | sow the seeds | water the seedlings | tie the tall plants to sticks | pick the ripe tomatoes | make a salad of the tomatoes
brew tea: boil the water | pour the water over the leaves | wait for four minutes | take out the leaves | stir in the sugar | drink the tea
paint a room: move the furniture out | tape the edges | stir the paint | roll the paint onto the wall | let the wall dry | bring the furniture back
take a train: look up the connection | buy a ticket | go to the platform | get on the train | find a seat | get off at the last stop
borrow a book: search the catalogue | find the shelf | carry the book to the desk | show the library card | read the book at home | return the book
answer a question with facts: read the question | search for documents | open the best document | copy out the passage | write the answer | check the answer against the passage
solve a word problem: read the problem | write down the numbers | set up the equation | solve the equation | put the result into a sentence | hand in the solution
fix a bug: read the error message | reproduce the failure | find the faulty line | change the faulty line | run the tests again | release the new version
publish a report: collect the data | clean the data | draw the charts | write the text around the charts | have it proofread | print the report
build a house: buy the land | draw the plans | dig the foundation | raise the walls | put on the roof | move in
see a doctor: notice the pain | make an appointment | sit in the waiting room | describe the pain | get a prescription | take the pills
go camping: pack the tent | drive to the lake | pitch the tent | gather wood | light the fire | put out the fire
hold a meeting: invite the guests | prepare the agenda | open the meeting | discuss the proposals | vote on the proposals | send out the minutes
make a film: write the script | cast the actors | shoot the scenes | cut the scenes | add the music | show it in cinemas
get a dog: visit the shelter | choose a puppy | sign the papers | bring the puppy home | train the puppy | enter the grown dog in a show
compute an average price: list the shops | ask each shop for its price | add up the prices | divide the sum by the number of shops | round the result | report the average
write a program: understand the task | sketch the design | type the code | compile the code | run the program | measure its speed
sew a shirt: take the measurements | draw the pattern | cut the cloth | stitch the pieces together | sew on the buttons | wear the shirt
plan a trip: pick a destination | book the flight | pack the suitcase | go through security | board the plane | unpack at the hotel
""".strip().splitlines()

_EARLY = r"\b(read|look up|search|list|collect|choose|pick|buy|pack|find|write|dig|draw|boil|take|open|sort|weigh|start)\b"
_LATE = r"\b(eat|drink|serve|send|return|check|dry|again|back|print|report|hand|show|release|drive on|result|wear|fold)\b"


def order(random: Random, part: int, position: int) -> Item:
    """Draw two steps of a task: does the one named first come first?"""
    goal, listed = random.choice(list(half(PROCEDURES, part))).split(": ", 1)
    steps = listed.split(" | ")
    before, after = sorted(random.sample(range(len(steps)), 2))
    right = YES if position % 2 else NO
    one, other = (steps[before], steps[after]) if right == YES else (steps[after], steps[before])
    kind = "neighbours" if after == before + 1 else "far apart"
    return Item({"goal": goal, "one": one, "other": other}, right, kind, ({"step": one, "then": other}, {"step": other, "then": one}))


def verify_sum(random: Random, part: int, position: int) -> Item:
    """Draw a sum of two numbers, right or off by a digit."""
    one, other = (random.randrange(12 + part, 98, 2) for _ in range(2))
    right = YES if position % 2 else NO
    off = random.choice([-10, -2, -1, 1, 2, 10])
    total = one + other + (off if right == NO else 0)
    return Item({"sum": f"{one} + {other}", "total": str(total)}, right, "two digits")


def order_rule(item: Item) -> list[float]:
    """Count words that begin a task against words that end one."""
    one, other = (_late(item.slots[name]) for name in ("one", "other"))
    return [float(other - one), 0.0]


def _late(step: str) -> int:
    return len(re.findall(_LATE, step)) - len(re.findall(_EARLY, step))


def verify_sum_rule(item: Item) -> list[float]:
    """Add the numbers."""
    one, other = map(int, item.slots["sum"].split(" + "))
    return [float(one + other == int(item.slots["total"])), 0.5]
