"""Tools: requests in a person's words and the tools that serve them. For `external` and `tool`.

A description and the requests for it share few words, as in life; each tool is in one half of the material only.
"""

from __future__ import annotations

from random import Random

from bench.decisions.items import NO, YES, Item, filled, half, material, overlap

CHAT = material("chat")


def _tools() -> list[tuple[str, str, list[str]]]:
    listed = []
    for line in material("tools"):
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
    request = filled(random.choice(requests), random, part)
    slots = {"request": request, "tool": name, "does": description, "card": f'"{name}" {description}'}
    return Item(slots, YES if kind == "fits" else NO, kind)


def tool(random: Random, part: int, position: int) -> Item:
    """Draw a request and four tools, one of which serves it."""
    tools = random.sample(list(half(ALL, part)), 4)
    right = position % 4
    request = filled(random.choice(tools[right][2]), random, part)
    options = tuple(
        {"tool": name, "does": description, "card": f'"{name}" {description}'} for name, description, _ in tools
    )
    listed = "\n".join(f"- {name}: {description}" for name, description, _ in tools)
    return Item({"request": request, "tools": listed}, right, "one of four", options)


def external_rule(item: Item) -> list[float]:
    """Say yes where the request shares a content word with the tool's name or description."""
    slots = item.slots
    return [overlap(slots["request"], f"{slots['tool']} {slots['does']}") - 0.5, 0.0]


def tool_rule(item: Item) -> list[float]:
    """Take the tool whose name and description share most content words with the request."""
    return [overlap(item.slots["request"], f"{option['tool']} {option['does']}") for option in item.options]
