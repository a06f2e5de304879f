"""Cores: the facts that contradict each other, as few as can be, by their places.

A core's facts contradict the rules whichever of the other facts hold; without any one of its facts, some choice of the
others has an answer. The rules alone may be contradictory: then the core is empty. Next door: `grounded.py` makes facts
that can be left out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lotterylang.syntax.logic.reading import Rules, Signature
from lotterylang.world.logic.grounded import OutOfTime, ground_open, solve

if TYPE_CHECKING:
    import clingo


def core(
    rules: Rules, relations: Iterable[Signature], facts: Sequence[clingo.Symbol], until: float
) -> tuple[tuple[int, ...], bool]:
    """Give the places of facts that contradict each other, and whether they are as few as can be: time may be over.

    The search is the same for the same rules and facts, so the core is too. Errors: Refused.
    """
    control, literals = ground_open(rules, relations, facts)
    kept = list(literals)
    try:
        found = _contradicts(control, kept, until)
        kept = [literal for literal in kept if found is None or literal in found]
        for literal in reversed(literals):
            if literal not in kept:
                continue
            fewer = _contradicts(control, [other for other in kept if other != literal], until)
            if fewer is not None:
                kept = [other for other in kept if other in fewer]
    except OutOfTime:
        return tuple(literals.index(literal) for literal in kept), False
    return tuple(place for place, literal in enumerate(literals) if literal in set(kept)), True


def _contradicts(control: clingo.Control, assumptions: Sequence[int], until: float) -> set[int] | None:
    """Give those of the assumptions that contradict each other; None where they don't. Errors: OutOfTime."""
    if time.monotonic() >= until:
        raise OutOfTime
    satisfiable, _, found = solve(control, until, lambda _: False, assumptions)
    return None if satisfiable else set(found)
