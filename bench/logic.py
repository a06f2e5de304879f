"""How fast DEDUCE is: small deductions, a grounding that runs away and what others notice of it, and cores.

python -m bench.logic [--check]. Units: milliseconds and seconds by the clock; all else are counts. Small ones have
facts that were never seen before (`new`), or the same again (`same`), and are asked at once or one after another.
"""

from __future__ import annotations

import argparse
import json
import random
import time

from bench.rounds import percentile
from bench.table import aligned
from lotterylang.run.effects import Deduce, Deduced, Row, Symbol
from lotterylang.world.logic.open import Clingo

SMALL = 4_000
CLASHES = 200
SECONDS = 2.0

RULES = "rusty(X) :- made_of(X, metal), wet(X).\nsafe(X) :- made_of(X, _), not rusty(X)."
SEATS = (
    "1 { sits(P, S) : seat(S) } 1 :- guest(P). :- sits(P, S), sits(Q, S), P < Q. "
    ":- likes(P, Q), sits(P, S), sits(Q, T), |S - T| > 1. :- hates(P, Q), sits(P, S), sits(Q, T), |S - T| = 1. "
    ":- likes(P, Q), hates(P, Q)."
)


def small(number: int) -> Deduce:
    """Make a small deduction with facts of its own."""
    made: tuple[Row, ...] = tuple((f"{n}{number}", Symbol(kind)) for n, kind in (("a", "metal"), ("b", "wood")))
    facts = (("made_of", (*made, ("c", Symbol("metal")))), ("wet", ((f"a{number}",),)))
    return Deduce("", "rusts", RULES, facts, (("rusty", 1), ("safe", 1)))


def speed(logic: Clingo, is_new: bool) -> tuple[float, float, float]:
    """Give deductions a second, asked at once and one after another, and the 99th percentile of the latter in ms."""
    first = SMALL if is_new else 1
    begun = time.perf_counter()
    for future in logic.submit([small(first + n if is_new else 1) for n in range(SMALL)]):
        future.result()
    at_once, times = SMALL / (time.perf_counter() - begun), []
    for n in range(SMALL):
        begun = time.perf_counter()
        logic.submit([small(3 * SMALL + n if is_new else 1)])[0].result()
        times.append(time.perf_counter() - begun)
    return at_once, SMALL / sum(times), percentile(times, 0.99) * 1e3


def beside_a_runaway(logic: Clingo) -> tuple[float, float]:
    """Give when a grounding without end was ended, in seconds, and the longest of others meanwhile, in ms."""
    begun, longest = time.perf_counter(), 0.0
    runaway = logic.submit([Deduce("", "endless", "n(0). n(X+1) :- n(X).", (), (("n", 1),))])[0]
    number = 9 * SMALL
    while not runaway.done():
        number, asked = number + 1, time.perf_counter()
        logic.submit([small(number)])[0].result()
        longest = max(longest, time.perf_counter() - asked)
    return time.perf_counter() - begun, longest * 1e3


def clash(dice: random.Random) -> Deduce:
    """Draw wishes of guests at a table, until some likes what it hates."""
    pairs = [(p, q) for p in range(4) for q in range(4) if p != q]
    likes, hates = (tuple((f"g{p}", f"g{q}") for p, q in dice.sample(pairs, 5)) for _ in range(2))
    facts = (("guest", tuple((f"g{n}",) for n in range(4))), ("seat", tuple((n,) for n in range(4))))
    return Deduce("", "seats", SEATS, (*facts, ("likes", likes), ("hates", hates)), (("sits", 2),))


def least_cores(logic: Clingo) -> tuple[int, int]:
    """Give how many clashes there were, and of how many every wish in the core is needed for it."""
    dice, clashes, least = random.Random(6), 0, 0
    while clashes < CLASHES:
        effect = clash(dice)
        reply = logic.submit([effect])[0].result()
        if not isinstance(reply, Deduced) or reply.outcome != "unsat":
            continue
        clashes += 1
        core = dict(reply.core)
        wishes = [(name, place) for name in ("likes", "hates") for place in core[name]]
        left = [_with(effect, core, [w for w in wishes if w != out]) for out in (None, *wishes)]
        outcomes = [getattr(f.result(), "outcome", "") for f in logic.submit(left)]
        least += outcomes == ["unsat", *["sat"] * len(wishes)]
    return clashes, least


def _with(effect: Deduce, core: dict[str, tuple[int, ...]], wishes: list[tuple[str, int]]) -> Deduce:
    """Keep guests and seats, and of the wishes these."""
    facts = tuple(
        (name, rows if name in ("guest", "seat") else tuple(rows[p] for n, p in wishes if n == name))
        for name, rows in effect.facts
    )
    return Deduce("", effect.logic, effect.rules, facts, effect.relations)


def main() -> int:
    """Measure, print, and with `--check` hold the limits."""
    parser = argparse.ArgumentParser(prog="python -m bench.logic", description=__doc__)
    parser.add_argument("--check", action="store_true")
    checked = parser.parse_args().check
    logic = Clingo(seconds=SECONDS)
    for future in logic.submit([small(n) for n in range(50)]):
        future.result()
    rows, figures = [["facts", "at once, a second", "one by one, a second", "p99 ms"]], {}
    for name, is_new in (("new", True), ("same", False)):
        at_once, one_by_one, p99 = speed(logic, is_new)
        rows.append([name, f"{at_once:,.0f}", f"{one_by_one:,.0f}", f"{p99:.2f}"])
        figures[name] = {"at_once_per_s": at_once, "one_by_one_per_s": one_by_one, "p99_ms": p99}
    ended, longest = beside_a_runaway(logic)
    clashes, least = least_cores(logic)
    logic.close()
    print(aligned(rows))
    print(f"a grounding without end: ended after {ended:.2f} s of {SECONDS:g}; others took {longest:.1f} ms at most")
    print(f"cores: {least} of {clashes} are least")
    fast = all(each["at_once_per_s"] >= 2_000 and each["p99_ms"] < 5 for each in figures.values())
    good = fast and ended < SECONDS + 1 and longest < 50 and least == clashes
    more = {"runaway_ended_s": ended, "others_at_most_ms": longest, "clashes": clashes, "least_cores": least}
    print(json.dumps({"bench": "logic", "small": figures, **more, "good": good}))
    return 0 if good or not checked else 1


if __name__ == "__main__":
    raise SystemExit(main())
