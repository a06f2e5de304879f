"""The machine that a debugger watches: the same instructions, one at a time, each shown before it runs.

Enters: a `Watch`, which is shown every moment and returns when the run shall go on. A run that nobody watches never
comes here: the plain loop of `machine.py` stays as it is. Next door: `runner.py` picks the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lotterylang.run.budget import Budget
from lotterylang.run.effects import Effect
from lotterylang.run.machine import EFFECT, FORK, RETURN, Done, Fork, Frame, Function, Machine
from lotterylang.run.memory import Memory
from lotterylang.run.values import Value


@dataclass(frozen=True, slots=True)
class Moment:
    """Just before an instruction, or just before an effect goes out. `depth` counts the calls within calls."""

    frame: Frame
    depth: int
    effect: Effect | None = None

    @property
    def node(self) -> Any:
        """Give the part of the program that the instruction belongs to; its span is the place in the source."""
        return self.frame.code.places[self.frame.pc]

    @property
    def bindings(self) -> Mapping[str, Value]:
        """Give the names in view and their values, the outermost first."""
        frame = self.frame
        views = sorted(frame.code.names, key=lambda view: view[1])
        return {name: frame.slots[slot] for name, slot, born, end in views if born < frame.pc <= end}

    @property
    def memory(self) -> Memory:
        """Give the memory of the branch that runs."""
        return self.frame.memory


Watch = Callable[[Moment], None]


class SteppingMachine(Machine):
    """Runs one branch and shows every instruction of it; the branches that it forks are shown too."""

    def __init__(self, memory: Memory, budget: Budget, seed: int, watch: Watch) -> None:
        super().__init__(memory, budget, seed)
        self.watch = watch
        self._inside = 0  # calls from inside an instruction: they are a part of it, and not shown

    def branch(self, memory: Memory, budget: Budget) -> Machine:
        """Give a machine that shows its instructions too."""
        return SteppingMachine(memory, budget, self.seed, self.watch)

    def evaluate(self, function: Function, args: tuple[Value, ...]) -> Value:
        """Call a pure function from inside an instruction."""
        self._inside += 1
        try:
            return super().evaluate(function, args)
        finally:
            self._inside -= 1

    def _run(self) -> Effect | Fork | Done:
        while True:
            frame = self.frame
            assert frame is not None
            if not self._inside:
                self.watch(Moment(frame, self.depth))
            self.budget.spend("steps")
            signal = frame.code.instructions[frame.pc](frame.slots)
            if signal >= 0:
                frame.pc = signal
            elif signal == RETURN and self.leave(frame):
                return Done(frame.request)
            elif signal in (EFFECT, FORK):
                if signal == EFFECT:
                    self.watch(Moment(frame, self.depth, frame.request))
                self.waiting = True
                return frame.request  # type: ignore[no-any-return]
