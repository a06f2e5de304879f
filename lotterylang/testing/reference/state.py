"""What a walk carries along: where it is, what it may spend, what memory holds; and how a body is left early."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from lotterylang.check.program import MemoryDeclaration
from lotterylang.run.convert import shown
from lotterylang.run.values import Failure

Names = dict[str, Any]
"""What each name in view stands for."""

AMOUNTS = ("calls", "tokens")
DEFAULT = {"calls": 10_000, "tokens": 20_000_000, "depth": 64}


class Returned(Exception):
    """`return`: on its way to the function's body."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Jumped(Exception):
    """JUMP: on its way to the labels."""

    def __init__(self, label: str) -> None:
        self.label = label


@dataclass(frozen=True)
class Function:
    """A function as a value. `asks`: whether it may touch the world, so that calls of it stand in paths."""

    name: str
    asks: bool
    call: Callable[..., Any]


@dataclass
class Place:
    """An effect path, and how often each name stood directly under it."""

    path: str
    counts: dict[str, int] = field(default_factory=dict)

    def next(self, name: str) -> int:
        """Count one more of a name."""
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]

    def enter(self, name: str) -> Place:
        """Go into a call, a `try` or a `catch`."""
        count = self.next(name)
        return Place(f"{self.path}/{name}{'' if count == 1 else f'#{count}'}")

    def body(self, word: str, occurrence: int, position: int) -> Place:
        """Go into one of several bodies; all of them are one occurrence of the word."""
        return Place(f"{self.path}/{word}{'' if occurrence == 1 else f'#{occurrence}'}[{position}]")


def exceeded(limit: int, what: str) -> Failure:
    """Give the failure of a budget."""
    return Failure("BudgetSpent", f"more than {limit:,} {what} would be spent")


class Budget:
    """What a run, a block or a branch may spend. `deepest` is the most levels that were open in it at once."""

    def __init__(self, limits: Mapping[str, int], outer: Budget | None = None, opened: int = 0) -> None:
        self.limits = limits
        self.outer = outer
        self.spent = dict.fromkeys(AMOUNTS, 0)
        self.opened = self.deepest = opened

    def left(self, resource: str) -> int:
        """Give the least of what is left here and around."""
        around = [] if self.outer is None else [self.outer.left(resource)]
        here = [self.limits[resource] - self.spent.get(resource, 0)] if resource in self.limits else []
        return min(around + here)

    def spend(self, resource: str, amount: int) -> None:
        """Charge here and everywhere around. Errors: Failure BudgetSpent, of the innermost that is exceeded."""
        passed = []
        budget: Budget | None = self
        while budget is not None:
            budget.spent[resource] += amount
            if resource in budget.limits and budget.spent[resource] > budget.limits[resource]:
                passed.append(budget.limits[resource])
            budget = budget.outer
        if passed:
            raise exceeded(passed[0], resource)

    def begin_call(self) -> None:
        """Charge a call that goes out. Errors: Failure BudgetSpent, of the innermost that has none left."""
        budget: Budget | None = self
        while budget is not None:
            if budget.spent["calls"] >= budget.limits.get("calls", budget.spent["calls"] + 1):
                raise exceeded(budget.limits["calls"], "calls")
            budget = budget.outer
        self.spend("calls", 1)

    def level(self) -> int:
        """Give the levels left inside one more. Errors: Failure BudgetSpent."""
        if self.left("depth") < 1:
            raise Failure("BudgetSpent", "no level of depth is left")
        return self.left("depth") - 1

    def all_left(self) -> Budget:
        """Give a body of a `for` what is left."""
        return Budget({resource: self.left(resource) for resource in DEFAULT}, None, self.opened)

    def share(self, parts: int) -> Budget:
        """Give one of the parts of a DIVIDE its share."""
        shares = {amount: max(self.left(amount), 0) // (parts + 1) for amount in AMOUNTS}
        return Budget({**shares, "depth": self.level()}, None, self.opened + 1)

    def charge(self, branch: Budget) -> None:
        """Charge what a branch has spent. Errors: Failure BudgetSpent."""
        self.deepest = max(self.deepest, branch.deepest)
        for amount in AMOUNTS:
            self.spend(amount, branch.spent[amount])


@dataclass(frozen=True, eq=False)
class Held:
    """What a place holds, who wrote it, and whether only because nothing was there. Every write makes a new one."""

    value: Any
    path: str = ""
    if_empty: bool = False


GONE = object()
"""The value of a place that is not there any more, since its whole store was replaced."""
EMPTIED = Held(None)
"""What a place holds after MOV took its value away."""


@dataclass(frozen=True, eq=False)
class Own:
    """The key of a store of one call."""

    declaration: MemoryDeclaration
    start: Any


class Cells(dict[Any, Held]):
    """The places of a store; `gone` is held where they took the place of all that was there before in this branch."""

    gone: Held | None = None


Memory = dict[str | Own, Cells]


def replacing(cells: Mapping[Any, Held], gone: Held) -> Cells:
    """Give the places that take the place of all that a store held."""
    found = Cells(cells)
    found.gone = gone
    return found


def branched(memory: Memory) -> Memory:
    """Give a branch its memory."""
    return {name: Cells(cells) for name, cells in memory.items()}


def copied(memory: Memory) -> Memory:
    """Copy a memory, for what may have to be undone."""
    return {name: replacing(cells, cells.gone) if cells.gone else Cells(cells) for name, cells in memory.items()}


def join(memory: Memory, branches: list[Memory]) -> None:
    """Apply what branches wrote, in order of position. Errors: Failure Conflict."""
    found: dict[tuple[str, Any], Held | None] = {}
    places = list(dict.fromkeys(place for branch in branches for place in _written(memory, branch, ())))
    for branch in branches:
        for place, held in _written(memory, branch, places).items():
            if place in found and not _agree(found[place], held):
                raise _conflict(place, found[place], held)
            found.setdefault(place, held)
    for (name, key), held in found.items():
        memory[name].pop(key, None)
        if held is not None and held.value is not GONE:
            memory[name][key] = held
    for branch in branches:
        for each, cells in branch.items():
            if cells.gone is not None and each in memory:
                memory[each].gone = cells.gone


def _written(memory: Memory, branch: Memory, places: Collection[tuple[str, Any]]) -> dict[tuple[str, Any], Held | None]:
    """Give what a branch wrote; who replaced a store wrote all of the places, the empty ones too."""
    found: dict[tuple[str, Any], Held | None] = {}
    for name, cells in branch.items():
        if isinstance(name, Own):  # what side by side writes is its own call's
            continue
        before = memory[name]
        found |= {(name, key): held for key, held in cells.items() if before.get(key) is not held}
        found |= {(name, key): cells.gone for key in before if key not in cells}
        if cells.gone is not None:
            found |= {(of, key): cells.get(key, cells.gone) for of, key in places if of == name}
    return found


def _agree(a: Held | None, b: Held | None) -> bool:
    if a is None or b is None or a is EMPTIED or b is EMPTIED:
        return a is b
    return bool(a.value == b.value) or (a.if_empty and b.if_empty)


def _conflict(place: tuple[str, Any], a: Held | None, b: Held | None) -> Failure:
    name, key = place
    where = name if key is None else f"{name}[{shown(key)}]"
    paths = ["a MOV" if held is None or held is EMPTIED else held.path for held in (a, b)]
    return Failure("Conflict", f"`{where}` is given different values by {paths[0]} and {paths[1]}")
