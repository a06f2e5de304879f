"""Budgets: what a run, a `within` block or a branch may still spend. One `spend`, inherited by all that is called.

Units: `calls` are model calls, `tokens` those of prompts and replies, `steps` are machine instructions. `depth` is no
amount that is used up: it is how many levels (DIVIDE, `within depth`) may still be opened inside one another. A limit
of None is no limit of one's own; the outer one still counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lotterylang.run.values import Failure

AMOUNTS = ("calls", "tokens", "steps")
RESOURCES = (*AMOUNTS, "depth")

DEFAULT_LIMITS: Mapping[str, int] = {"calls": 10_000, "tokens": 20_000_000, "steps": 1_000_000_000, "depth": 64}
"""What a run may spend unless it says otherwise: a run always ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """A `within seconds`: the machine has no clock, the runner has one, and ends what waits too long in the block."""

    seconds: int


class Budget:
    """Limits of one block and what was spent in it; spending is charged to every outer budget too."""

    __slots__ = ("clocks", "limits", "outer", "spent")

    def __init__(self, limits: Mapping[str, int], outer: Budget | None = None) -> None:
        self.limits = dict(limits)
        self.spent = dict.fromkeys(RESOURCES, 0)
        self.outer = outer
        self.clocks: tuple[Clock, ...] = outer.clocks if outer is not None else ()
        if "seconds" in limits:
            self.clocks += (Clock(limits["seconds"]),)

    def left(self, resource: str) -> int:
        """Say how much of a resource may still be spent."""
        own = self.limits.get(resource)
        outer = self.outer.left(resource) if self.outer is not None else None
        if own is None:
            return outer if outer is not None else DEFAULT_LIMITS[resource]
        own_left = own - self.spent[resource]
        return own_left if outer is None else min(own_left, outer)

    def spend(self, resource: str, amount: int = 1) -> None:
        """Charge what is about to be used, or was used. Errors: Failure BudgetSpent, after charging all of it."""
        budget: Budget | None = self
        exceeded: Budget | None = None
        while budget is not None:
            budget.spent[resource] += amount
            limit = budget.limits.get(resource)
            if limit is not None and budget.spent[resource] > limit and exceeded is None:
                exceeded = budget
            budget = budget.outer
        if exceeded is not None:
            limit = exceeded.limits[resource]
            raise Failure("BudgetSpent", f"more than {limit:,} {resource} would be spent")

    def begin_call(self) -> None:
        """Charge a call that is about to go out; one that may not is not charged. Errors: Failure BudgetSpent."""
        budget: Budget | None = self
        while budget is not None:
            limit = budget.limits.get("calls")
            if limit is not None and budget.spent["calls"] >= limit:
                raise Failure("BudgetSpent", f"more than {limit:,} calls would be spent")
            budget = budget.outer
        self.spend("calls")

    def branch(self) -> Budget:
        """Give a branch a budget of its own with all that is left; `join` charges it here, in position order."""
        return self._apart({resource: self.left(resource) for resource in RESOURCES})

    def share(self, parts: int) -> Budget:
        """Give one of the parts of a DIVIDE its share: 1/(parts + 1) of what is left, one level down; as `branch`."""
        depth = self.level()
        return self._apart({**{amount: max(self.left(amount), 0) // (parts + 1) for amount in AMOUNTS}, "depth": depth})

    def _apart(self, limits: Mapping[str, int]) -> Budget:
        found = Budget(limits)
        found.clocks = self.clocks
        return found

    def level(self) -> int:
        """Give the levels that are left inside one more. Errors: Failure BudgetSpent where none may be opened."""
        left = self.left("depth")
        if left < 1:
            raise Failure("BudgetSpent", "no level of depth is left")
        return left - 1

    def join(self, branch: Budget) -> None:
        """Charge what a branch spent. Errors: Failure BudgetSpent."""
        for amount in AMOUNTS:
            self.spend(amount, branch.spent[amount])
