"""DIVIDE as a fork: equal parts are one branch, and every part's answer stands at its place.

Next door: `loops.py` forks for `for`; `scheduler.py` shares out the budget, joins and cancels.
"""

from __future__ import annotations

from typing import Any

from lotterylang.run.lower.emitter import Evaluate
from lotterylang.run.lower.expectations import ExpectationLowering
from lotterylang.run.lower.loops import segment
from lotterylang.run.machine import FORK, Fork, ForkMode, Function, Instruction, Slots, slots_for
from lotterylang.run.paths import Path
from lotterylang.run.values import Value
from lotterylang.syntax import tree


class DivideLowering(ExpectationLowering):
    """DIVIDE."""

    def emit_divide(self, node: tree.Divide) -> int:
        parts = self.emitter.assign(self.value(node.parts), node.parts)
        function = self.pure(tree.Name(node.span, node.solver))
        defaults, earlier = self._others(node)
        places = self.emitter.layout.slot()
        mode: ForkMode = node.mode  # type: ignore[assignment]
        in_order = not self.program.divided[id(node)]

        def divide(s: Slots) -> Fork:
            path, called = s[0].path, function(s)
            unique, s[places] = _unique(s[parts])
            occurrence = path.occurrence("divide")
            branches = tuple(_slots(called, part, earlier, [default(s) for default in defaults]) for part in unique)
            positions = {place: i for i, place in reversed(list(enumerate(s[places])))}
            paths = tuple(Path(segment("divide", occurrence, positions[i]), path) for i in range(len(unique)))
            return Fork(called.code, branches, paths, mode, in_order, called.code.params[1] if earlier else None)

        self.emitter.emit(lambda following: _forking(divide), node)
        if node.mode == "any":
            return self.emitter.assign(lambda s: s[0].reply[0], node)
        return self.emitter.assign(lambda s: tuple(s[0].reply[place] for place in s[places]), node)

    def _others(self, node: tree.Divide) -> tuple[list[Evaluate], bool]:
        """Give the defaults of what the function takes besides a part, and whether it takes the earlier answers."""
        if self.emitter.lookup(node.solver) is not None:
            return [], False
        _, *others = self.program.functions[node.solver].node.params
        earlier = bool(others) and others[0].default is None
        return [self.pure(param.default) for param in others[earlier:]], earlier


def _slots(function: Function, part: Value, earlier: bool, others: list[Value]) -> Slots:
    return slots_for(function, (part, *((None,) if earlier else ()), *others))


def _unique(parts: tuple[Value, ...]) -> tuple[list[Value], list[int]]:
    """List the different parts, and for each part which of them it is."""
    found: list[Value] = []  # compared, not hashed: a part may be a record that holds a list
    for part in parts:
        if part not in found:
            found.append(part)
    return found, [found.index(part) for part in parts]


def _forking(divide: Any) -> Instruction:
    def run(s: Slots) -> int:
        s[0].request = divide(s)
        return FORK

    return run
