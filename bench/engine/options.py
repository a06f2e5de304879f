"""A CHOOSE among 50 options of 3 to 8 tokens, beside one ASK of 8 tokens and beside option by option; warm prompts."""

from __future__ import annotations

import statistics
import time
from typing import Any

from bench.engine.stage import Stage, ask
from bench.rounds import Bar, ratio
from lotterylang.run.effects import Choose, ModelEffect, Prompt, Turn

OPTIONS, SHORTEST, LONGEST = 50, 3, 8
CONTEXT, TOKENS = 300, 8
MOST_ASKS, LEAST_GAIN = 4.0, 3.0


def measure(stage: Stage) -> dict[str, Any]:
    """Have the three take turns."""
    found: dict[str, list[float]] = {"choose": [], "ask": [], "one by one": []}
    tokens = 0
    for number in range(stage.rounds + 1):
        text, options = stage.text(CONTEXT), some_options(stage)
        prompt = Prompt((Turn(None, (text,)),))
        stage.answers([ask(text, 1)])
        tokens = sum(stage.engine.count_tokens(option) for option in options)
        arms: dict[str, list[list[ModelEffect]]] = {
            "choose": [[Choose("bench", "m", prompt, tuple(options))]],
            "ask": [[ask(text, TOKENS)]],
            "one by one": [[Choose("bench", "m", prompt, (option,))] for option in options],
        }
        for name, turns in arms.items():
            start = time.perf_counter()
            for effects in turns:
                stage.answers(effects)
            if number:  # the first is for warming up
                found[name].append(time.perf_counter() - start)
    return {
        "seconds": {name: statistics.median(seconds) for name, seconds in found.items()},
        "asks": ratio(found["choose"], found["ask"]),
        "gain": ratio(found["one by one"], found["choose"]),
        "tokens": tokens,
        "limits": {
            "choose": stage.limits.read(tokens, CONTEXT, heads=tokens),
            "ask": TOKENS * stage.limits.step(1, CONTEXT),
            "one by one": OPTIONS * stage.limits.read(tokens // OPTIONS, CONTEXT, heads=tokens // OPTIONS),
        },
    }


def some_options(stage: Stage) -> list[str]:
    """Cut pieces out of a fresh text, all different, that have as many tokens by themselves as they should."""
    found: dict[str, None] = {}
    while len(found) < OPTIONS:
        length = SHORTEST + len(found) % (LONGEST - SHORTEST + 1)
        option = " " + " ".join(stage.text(length).split())
        if SHORTEST <= stage.engine.count_tokens(option) <= LONGEST:
            found[option] = None
    return list(found)


def rows(figures: dict[str, Any]) -> list[list[str]]:
    """Write the figures as a table."""
    notes = {
        "choose": "",
        "ask": f"CHOOSE takes {figures['asks']:.2f} times as long",
        "one by one": f"CHOOSE is {figures['gain']:.2f} times as fast",
    }
    names = {
        "choose": f"one CHOOSE, {OPTIONS} options of {figures['tokens']} tokens",
        "ask": f"one ASK of {TOKENS} tokens",
        "one by one": "option by option",
    }
    table = [["", "milliseconds", "limit", ""]]
    for name, label in names.items():
        seconds, limit = figures["seconds"][name], figures["limits"][name]
        table.append([label, f"{seconds * 1e3:.0f}", f"{limit * 1e3:.0f}", notes[name]])
    return table


def bars(figures: dict[str, Any]) -> list[Bar]:
    """Say what must be reached."""
    return [
        Bar(f"CHOOSE, times one ASK of {TOKENS} tokens", figures["asks"], most=MOST_ASKS),
        Bar("option by option, times CHOOSE", figures["gain"], least=LEAST_GAIN),
    ]
