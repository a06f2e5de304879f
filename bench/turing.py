"""Bench: can the model apply a rule of the universal Turing machine U15,2 that stands before it?

The table's facts are Neary and Woods (2009), Table 16. A prompt shows both rules of a state and the symbol read; the
model has to take the right one. Run as `python -m bench.turing`; `--wordings` shows the other wordings that were tried.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from random import Random

from bench.prompts import blank, prompt
from bench.statistics import wilson
from bench.table import aligned
from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Model, ModelEffect, Prompt, Turn
from lotterylang.run.holes import joined
from lotterylang.run.shapes import Free, Hole
from lotterylang.world.model.open import open_model

TABLE = "0RB1RA_1RC1RA_0LG0LE_0LF1LE_1RA1LD_1LD1LD_0LH1LG_1LI1LG_0RA1LJ_1LK---_0RL1RN_0RM1RL_0LB1RL_0LC0RO_0RN1RN"
"""States A to O, each with its entries (write, move, next) for the symbols 0 and 1; `---` halts."""

WORDINGS = (
    "If the symbol is 0, ${zero}. If the symbol is 1, ${one}.\nThe symbol is ${symbol}, so",
    "user: The rule of state ${state}: if the symbol is 0, ${zero}; if the symbol is 1, ${one}.\n"
    "The symbol is ${symbol}.\nassistant: So",
    "State ${state}:\nsymbol 0: ${zero}\nsymbol 1: ${one}\n\nState ${state}, symbol ${symbol}:",
    "symbol 0: ${zero}\nsymbol 1: ${one}\nsymbol ${symbol}:",
    "On 0: ${zero}.\nOn 1: ${one}.\nOn ${symbol}:",
    "0: ${zero}\n1: ${one}\n${symbol}:",
)
"""The wording that programs use, then others that were tried."""

WAYS = ("free", "raw", "prior", "against")
BAR = 26
MOVES = {"L": "left", "R": "right"}


@dataclass(frozen=True)
class Rule:
    """What a prompt shows and asks: a state's two entries in words, and the symbol that is read."""

    state: str
    entries: tuple[str, str]
    symbol: int

    def slots(self) -> dict[str, str]:
        """Give the prompt's values."""
        zero, one = self.entries
        return {"state": self.state, "zero": zero, "one": one, "symbol": str(self.symbol)}


def said(entry: str) -> str:
    """Put an entry into words."""
    return "halt" if entry == "---" else f"write {entry[0]}, go {MOVES[entry[1]]}, take state {entry[2]}"


def rules(table: str) -> list[Rule]:
    """List the rules that depend on the symbol: those of states whose two entries differ."""
    found = []
    for place, row in enumerate(table.split("_")):
        zero, one = said(row[:3]), said(row[3:])
        if zero != one:
            found += [Rule(chr(ord("A") + place), (zero, one), symbol) for symbol in (0, 1)]
    return found


def invented(random: Random, states: int = 15) -> str:
    """Draw the table of another machine."""

    def entry() -> str:
        return random.choice("01") + random.choice("LR") + chr(ord("A") + random.randrange(states))

    return "_".join(entry() + entry() for _ in range(states))


def effect(rule: Rule, way: str, wording: str) -> ModelEffect:
    """Ask for a rule in one way."""
    here = prompt(wording, rule.slots())
    if way == "free":
        hole = Hole("rule", Free(longest=60), stops=("\n", "."), max_tokens=24)
        *before, last = here.turns
        return Ask("rule/ask", "small", Prompt((*before, Turn(last.role, (f"{last.parts[0]} ", hole)))))
    contrast: tuple[Prompt, ...] = ()
    if way == "prior":
        contrast = (blank(wording),)
    if way == "against":
        contrast = tuple(prompt(wording, {**rule.slots(), "symbol": symbol}) for symbol in "01")
    return Choose("rule/choose", "small", here, tuple(joined(here, entry) for entry in rule.entries), contrast)


def is_right(rule: Rule, reply: object) -> bool:
    """Tell whether the reply is the rule's entry."""
    if isinstance(reply, Asked):
        return reply.texts[0][1].strip() == rule.entries[rule.symbol]
    if isinstance(reply, Chosen):
        return reply.scores[rule.symbol] > reply.scores[1 - rule.symbol]
    return False


def right(model: Model, asked: Sequence[Rule], way: str, wording: str = WORDINGS[0]) -> int:
    """Count the rules that the model gets right."""
    futures = model.submit([effect(rule, way, wording) for rule in asked])
    return sum(is_right(rule, future.result()) for rule, future in zip(asked, futures, strict=True))


def by_chance(count: int, least: int) -> float:
    """Give the probability that a fair coin gets at least so many right."""
    return float(sum(comb(count, hits) for hits in range(least, count + 1)) / 2**count)


def measure(names: Sequence[str], invented_tables: int, seed: int) -> dict[str, dict[str, dict[str, int]]]:
    """Count right rules by model, machine and way."""
    random = Random(f"turing {seed}")
    others = [rule for _ in range(invented_tables) for rule in rules(invented(random))]
    found: dict[str, dict[str, dict[str, int]]] = {}
    for name in names:
        model = open_model(name)
        found[name] = {
            machine: {way: right(model, asked, way) for way in WAYS} | {"of": len(asked)}
            for machine, asked in (("U15,2", rules(TABLE)), ("invented", others))
        }
        model.close()
    return found


def show(found: dict[str, dict[str, dict[str, int]]]) -> None:
    """Print the table."""
    columns = {f"{name}, {machine}": by for name, of in found.items() for machine, by in of.items()}
    rows = [["way", *columns]]
    rows += [
        [way, *(f"{by[way]} of {by['of']}  {wilson(by[way], by['of'])}" for by in columns.values())] for way in WAYS
    ]
    rows += [["random, exact (free: 0)", *(f"{by['of'] / 2:g} of {by['of']}" for by in columns.values())]]
    print(aligned(rows))
    print(f"a coin gets {BAR} of 28 with probability {by_chance(28, BAR):.1e}; wordings tried: {len(WORDINGS)}")


def show_wordings(name: str) -> None:
    """Print what every wording gets right on U15,2."""
    model = open_model(name)
    for wording in WORDINGS:
        counts = ", ".join(f"{way} {right(model, rules(TABLE), way, wording)}" for way in WAYS)
        print(f"{counts}  {wording!r}")
    model.close()


def main() -> int:
    """Run the bench. Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.turing", description=__doc__)
    parser.add_argument("--model", default="smollm2-135m-instruct", help="a model of the catalogue, without variant")
    parser.add_argument("--tables", type=int, default=4, help="invented machines beside U15,2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help=f"exit 1 below {BAR} of 28")
    parser.add_argument("--wordings", action="store_true", help="show the other wordings instead")
    given = parser.parse_args()
    if given.wordings:
        show_wordings(given.model)
        return 0
    found = measure([f"{given.model}:fp32", given.model], given.tables, given.seed)
    show(found)
    best = {name: max(by["U15,2"][way] for way in WAYS) for name, by in found.items()}
    print(json.dumps({"bench": "turing", "wording": WORDINGS[0], "right": found, "best": best, "bar": BAR}))
    return int(given.check and max(best.values()) < BAR)


if __name__ == "__main__":
    sys.exit(main())
