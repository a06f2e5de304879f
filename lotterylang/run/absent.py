"""Who answers where a run does without an ability: nothing is found, no tool may run, nothing is derived.

Enters: the doors of a run and what it is told to do without. Leaves: doors behind which nobody is opened. These are
replies that every program must expect anyway. Next door: `runner.py` opens the doors; what a solver does without is
decided before the run, in `check/solver.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from lotterylang.run.doors import Doors
from lotterylang.run.effects import Call, Deduce, Deduced, Failed, Find, Found, Reply


@dataclass(frozen=True, slots=True)
class Absent:
    """Answers every effect as if there were nothing behind it."""

    ability: str

    @property
    def identity(self) -> str:
        """Identify what answers, for the journal."""
        return f"without {self.ability}"

    def submit(self, effects: Sequence[Find | Call | Deduce]) -> list[Future[Reply]]:
        """Answer at once: nothing is found, no tool may run, nothing is known."""
        futures: list[Future[Reply]] = []
        for effect in effects:
            future: Future[Reply] = Future()
            future.set_result(self._reply(effect))
            futures.append(future)
        return futures

    def close(self) -> None:
        """Release nothing."""

    def _reply(self, effect: Find | Call | Deduce) -> Reply:
        why = f"this run does without {self.ability}"
        match effect:
            case Find():
                return Found(())
            case Call(_, tool):
                return Failed("Denied", f"`{tool}`: {why}")
            case Deduce():
                return Deduced("unknown", why=why)


ABILITIES = ("knowledge", "tools", "logic")
"""What a run may do without, beside what a solver may."""

_DOORS = {"knowledge": "index", "tools": "tool", "logic": "logic"}


def without(doors: Doors, abilities: frozenset[str]) -> Doors:
    """Give doors behind which nobody is, for the abilities that a run does without."""
    shut: dict[str, Any] = {_DOORS[word]: _opener(word) for word in ABILITIES if word in abilities}
    return replace(doors, **shut)


def _opener(ability: str) -> Any:
    return lambda declaration: Absent(ability)
