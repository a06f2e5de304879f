"""Pure expressions of a test, computed again and again with other values in the place of the names that it draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotterylang.run import lower
from lotterylang.run.budget import Budget
from lotterylang.run.lower.unit import Unit
from lotterylang.run.machine import Code, Done, Machine, slots_for
from lotterylang.run.memory import Memory
from lotterylang.run.paths import Path
from lotterylang.run.values import Failure, Value

LIMITS: Mapping[str, int] = {"calls": 0, "tokens": 0, "steps": 10_000_000, "depth": 64}


class Evaluation:
    """Computes expressions of one program; each is lowered once."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._codes: dict[tuple[int, tuple[str, ...]], tuple[Any, Code]] = {}

    def value(self, node: Any, names: Mapping[str, Value]) -> Value:
        """Compute an expression with some names bound. Errors: Failure."""
        key = (id(node), tuple(names))
        if key not in self._codes:
            self._codes[key] = (node, lower.expression(self.unit, "value", node, params=tuple(names)))
        code = self._codes[key][1]
        machine = Machine(Memory(), Budget(LIMITS))
        machine.enter(code, slots_for(lower.Function(code), tuple(names.values())), Path(code.name))
        done = machine.resume()
        assert isinstance(done, Done)
        return done.value

    def holds(self, condition: Any, names: Mapping[str, Value]) -> bool:
        """Tell whether a condition holds; where it can't be computed it does not."""
        try:
            return bool(self.value(condition, names))
        except Failure:
            return False
