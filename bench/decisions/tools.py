"""Tools: requests in a person's words and the tools that serve them. For `external` and `tool`.

A description and the requests for it share few words, as in life; each tool is in one half of the material only.
"""

from __future__ import annotations

from random import Random

from bench.decisions.items import NO, YES, Item, filled, half, overlap

POOLS = {
    "city": "Lisbon Oslo Turin Leeds Ghent Porto Lyon Bergen Krakow Malmo Graz Basel Seville Bremen".split(),
    "name": "Anna Boris Clara Dmitri Elena Farid Greta Hugo Ines Jonas Karin Leo Marta Nils Olga Pedro".split(),
    "n": "14 25 38 47 52 65 73 86 94 110 125 140 160 210".split(),
    "h": "five|six|seven|half past six|eight|nine|ten|half past eight".split("|"),
    "month": "January February March April June July September October".split(),
    "firm": "Nordlicht|Calder Steel|Vireo|Banton Foods|Ostara|Pell Motors|Kestrel Air|Lumen Works".split("|"),
}

# name: description | request | request | request | request
TOOLS = """
weather: tells the forecast for a place | Will I need an umbrella in {city} tomorrow? | How cold does it get in {city} tonight? | Is it going to snow in {city} at the weekend? | Should I take a coat to {city}?
currency: converts money from one country into that of another | How many euros do I get for {n} dollars? | What are {n} pounds in yen? | I have {n} francs left, how many dollars is that? | Is {n} dollars more than {n2} pounds?
translator: turns a sentence into another language | How do I say good night in Swedish? | What is the Spanish for "where is the exit"? | Put "see you soon, {name}" into Italian. | My host in {city} wrote "bom dia"; what is that in English?
calendar: keeps appointments | Am I free on Thursday at {h}? | Move my meeting with {name} to Friday. | When do I see {name} next? | Put down the dentist for Monday at {h}.
calculator: does arithmetic | What is {n} times {n2}? | Divide {n} by {n2}. | What do {n}, {n2} and {n3} come to together? | How much is {n} percent of {n2}?
trains: finds railway connections | When does the last one leave for {city} tonight? | How do I get from {city} to {city2} by rail? | Which platform do I need for {city}? | Do I have to change on the way from {city} to {city2}?
recipes: finds dishes and how they are cooked | What can I make for supper with leeks and eggs? | How long does a potato gratin stay in the oven? | I have chickpeas and spinach; any ideas for {name}'s dinner? | What goes into a proper lentil soup for {name}?
music: plays songs | Put on something quiet with a piano for {name}. | I want to hear that album by the Beatles again. | Skip this one and turn it up. | Something cheerful to dance to for {name}'s party, please.
alarm: rings at a given time | Wake me at {h} tomorrow. | In {n} minutes tell me to take the bread out. | Get {name} out of bed at {h}. | Make a noise when {n} minutes are over.
mail: writes and sends letters | Let {name} know in writing that I shall be late. | Forward the invoice to {name}. | Answer {name} that we accept the offer. | Write to {name} in {city} and thank for the parcel.
dictionary: explains what a word means | What is a gazebo? | Is a tomato called a berry, and what does berry mean? | What does "obfuscate" stand for? | I read that {name} is "taciturn"; what is that?
maps: shows the way by foot or car | How far is it to {city} by car? | Take me to the nearest petrol station. | Which road do I take from {city} to {city2}? | How do I walk home from {name}'s place?
shares: quotes the price of companies on the exchange | What does one pay for {firm} on the market today? | How did {firm} close yesterday? | Did {firm} go up this week? | Is {firm} worth more than {firm2} now?
parcels: tells where a shipment is | Has my package left the depot in {city}? | When will the courier bring number {n}? | Where is my delivery from {firm}? | Did the box for {name} arrive?
lamps: switches the lights at home | Make it brighter in the kitchen. | It is too dark in {name}'s room. | Dim the bedroom to {n} percent. | {name} left everything burning in the hall, turn it off.
heating: sets how warm the rooms are | It is freezing in the living room, do something. | Make it 19 degrees in {name}'s room. | Let it be cooler at night from {h} on. | {name} is sweating in the study.
tables: books a place in a restaurant | Dinner for four on Saturday at {h} at a Thai place. | Can you get {name} and me into Luigi's at {h}? | We want to eat out in {city} on Friday. | Somewhere nice for lunch with {name}, by the window.
flights: looks up planes | What is the cheapest way to fly to {city} in {month}? | Has {name} landed in {city} yet? | Who goes nonstop from {city} to {city2}? | When does boarding for {city} begin?
library: searches books | Is there anything by Ursula Le Guin on the shelf? | Which novels are set in {city}? | {name} wants to read Middlemarch; is it out on loan? | I need something to read about the history of {city}.
doctor: arranges visits at a practice | My knee hurts, can somebody see me this week? | I need a check-up in {month}. | {name} has a fever since Sunday; who can take a look? | When can I have my blood taken in {month}?
telephone: calls people | Ring {name}. | Get {name} on the line. | I want to talk to {name} in {city} now. | Connect me with the front desk of {firm}.
notes: keeps what one writes down | Jot down that the code of the bike lock is {n}. | What did I put down about {name}'s birthday? | Keep in mind for me: {name} takes no sugar. | Add to my list of ideas: a trip to {city}.
measures: converts lengths and weights | How many miles are {n} kilometres? | What are {n} pounds in kilos? | Is {n} inches longer than {n2} centimetres? | My suitcase has {n} litres, what is that in gallons?
sports: gives the results of games | Who won the match in {city} last night? | What was the score between {city} and {city2}? | Is {city} still at the top of the league? | How many goals has {name} from {city} shot this season?
cinema: tells which films are shown | What is on at the Odeon in {city} tonight? | Is anything for children playing on Sunday in {city}? | When does the last showing of Casablanca begin? | Which thriller can {name} and I see at {h}?
bank: shows an account | How much money have I left this month? | Did my salary for {month} come in? | What did I spend on food in {month}? | Has {name} paid me back the {n} euros?
taxi: orders a car with a driver | I need a ride to the airport at {h}. | Have {name} picked up from the station. | Get me home from the party at {h}. | {name} can't walk to the hotel with these bags.
groceries: has food delivered | We are out of milk and coffee. | Add two kilos of apples to Friday's order. | The fridge is empty, get the usual. | {name} is coming, we need eggs, flour and butter.
photos: searches pictures that were taken | Show me the ones from our trip to {city}. | Where is that shot of {name} on the bridge? | Find the snapshots of {month} by the sea. | I want to see {name} as a baby.
news: brings the headlines | What happened in the world today? | Anything new about the election in {city}? | Why is everybody talking about {firm}? | What do the papers write about the strike in {city}?
"""

CHAT = """
How are you today?
Tell {name} something kind.
Do you believe in luck?
Write two lines about the rain for {name}.
Thanks, {name} and I have all we need.
What do you think of people who are always late?
Is it rude to arrive early at {name}'s party?
Say that again in simpler words.
Tell me a joke about a snail.
Make up a name for a dragon who lives in {city}.
Why do we laugh when we are tickled?
{name} is sad; how can I cheer my friend up?
Which is nicer, spring or autumn?
You are very helpful, {name} says.
What would you do with a free afternoon in {city}?
Finish the tale: {name} opened the door and saw
Would you rather be a cat or a bird?
Give {name} some advice for a first day at school.
What makes a good friend?
Pretend to be a pirate from {city}.
Are you a person or a machine?
Invent a riddle about a shadow.
I feel lonely today.
Describe the colour blue to {name}, who can't see.
""".strip().splitlines()


def _tools() -> list[tuple[str, str, list[str]]]:
    listed = []
    for line in TOOLS.strip().splitlines():
        head, *requests = line.split(" | ")
        name, description = head.split(": ", 1)
        listed.append((name, description, requests))
    return listed


ALL = _tools()


def external(random: Random, part: int, position: int) -> Item:
    """Draw a request and one tool: can the tool serve it? Half of the misfits ask for no tool at all."""
    tools = half(ALL, part)
    name, description, requests = random.choice(tools)
    kind = ("fits", "other tool", "fits", "no tool")[position % 4]
    if kind == "other tool":
        requests = random.choice([tool for tool in tools if tool[0] != name])[2]
    elif kind == "no tool":
        requests = list(half(CHAT, part))
    request = filled(random.choice(requests), random, part, POOLS)
    slots = {"request": request, "tool": name, "does": description}
    return Item(slots, YES if kind == "fits" else NO, kind)


def tool(random: Random, part: int, position: int) -> Item:
    """Draw a request and four tools, one of which serves it."""
    tools = random.sample(list(half(ALL, part)), 4)
    right = position % 4
    request = filled(random.choice(tools[right][2]), random, part, POOLS)
    options = tuple({"tool": name, "does": description} for name, description, _ in tools)
    listed = "\n".join(f"- {name}: {description}" for name, description, _ in tools)
    return Item({"request": request, "tools": listed}, right, "one of four", options)


def external_rule(item: Item) -> list[float]:
    """Say yes where the request shares a content word with the tool's name or description."""
    slots = item.slots
    return [overlap(slots["request"], f"{slots['tool']} {slots['does']}") - 0.5, 0.0]


def tool_rule(item: Item) -> list[float]:
    """Take the tool whose name and description share most content words with the request."""
    return [overlap(item.slots["request"], f"{option['tool']} {option['does']}") for option in item.options]
