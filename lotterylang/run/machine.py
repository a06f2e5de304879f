"""The machine: runs a function's instructions until it needs the world, a fork, or has an answer. No I/O, no clock.

`lower/` makes the instructions: closures that take the frame's slots (slot 0 is the frame itself) and return the
number of the next instruction, or one of the signals below. `scheduler.py` runs many machines, one a branch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from lotterylang.run.budget import Budget
from lotterylang.run.effects import Effect, Reply
from lotterylang.run.memory import Memory
from lotterylang.run.paths import Path
from lotterylang.run.values import Failure, Value

CALL, RETURN, EFFECT, FORK = -1, -2, -3, -4
"""Signals of an instruction: what it asks for is in the frame's `request`."""

CHUNK = 100_000
"""Instructions between two looks at the budget of steps."""

DEEPEST = 10_000
"""Calls within calls."""

Slots = list[Any]
Instruction = Callable[[Slots], int]


class Code:
    """The instructions of a function or of a body that runs by itself, and each one's place in the source."""

    __slots__ = ("instructions", "name", "names", "params", "performs", "places", "size")

    def __init__(self, name: str, performs: bool) -> None:
        self.name = name
        self.performs = performs  # whether it may touch the world: only then its calls appear in paths
        self.params: tuple[int, ...] = ()
        self.instructions: list[Instruction] = []
        self.places: list[Any] = []
        self.names: list[tuple[str, int, int, int]] = []  # a name, its slot, after and up to which instruction it holds
        self.size = 1


@dataclass(frozen=True, slots=True)
class Function:
    """A function as an argument: code, and for a lambda the slots that it was made in."""

    code: Code
    home: Slots | None = None

    def __str__(self) -> str:
        return "a function" if self.code.name == "lambda" else self.code.name


class Frame:
    """One activation of a code."""

    __slots__ = ("budget", "caller", "code", "machine", "memory", "path", "pc", "reply", "request", "slots", "target")

    def __init__(self, machine: Machine, code: Code, path: Path, caller: Frame | None, target: int) -> None:
        self.machine = machine
        self.memory = machine.memory
        self.budget = machine.budget
        self.code = code
        self.path = path
        self.caller = caller
        self.target = target
        self.pc = 0
        self.slots: Slots = []
        self.request: Any = None
        self.reply: Any = None


ForkMode = Literal["for", "all", "any", "each"]


@dataclass(frozen=True, slots=True)
class Fork:
    """Bodies to run: one code, the slots of each branch, and the path under which they stand.

    `for` bodies may each spend all that is left; the parts of a DIVIDE get a share. `any` is answered by the lowest
    position that does not fail. `each` shares the memory, and `earlier` is its slot for the answers so far.
    """

    code: Code
    branches: tuple[Slots, ...]
    paths: tuple[Path, ...]
    mode: ForkMode = "for"
    in_order: bool = False
    earlier: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The answer."""

    value: Value


@dataclass(frozen=True, slots=True)
class Handler:
    """Where a failure goes on: a frame, its instruction, and the path, budget and memory to go on with."""

    frame: Frame
    pc: int
    slot: int
    path: Path
    budget: Budget
    memory: Memory


class Machine:
    """Runs one branch. `resume` goes on until the next effect, fork or answer."""

    def __init__(self, memory: Memory, budget: Budget, seed: int = 0) -> None:
        self.memory = memory
        self.budget = budget
        self.whole_budget = budget  # that of the branch; `budget` is that of the block that runs
        self.seed = seed
        self.frame: Frame | None = None
        self.handlers: list[Handler] = []
        self.depth = 0
        self.waiting = False

    def branch(self, memory: Memory, budget: Budget) -> Machine:
        """Give a machine of the same kind for a branch."""
        return type(self)(memory, budget, self.seed)

    def enter(self, code: Code, slots: Slots, path: Path, caller: Frame | None = None, target: int = 0) -> None:
        """Begin a call: `slots` are the code's, its arguments in place and slot 0 free."""
        frame = Frame(self, code, path, caller, target)
        slots[0] = frame
        frame.slots = slots
        self.frame = frame
        self.depth += 1
        if self.depth > DEEPEST:
            raise Failure("BudgetSpent", f"calls are nested more than {DEEPEST:,} deep")

    def resume(self, reply: Reply | list[Value] | Failure | None = None) -> Effect | Fork | Done:
        """Go on, with the reply to the last effect or the values of the last fork. Errors: Failure."""
        failure = reply if isinstance(reply, Failure) else None
        if failure is None and self.waiting and self.frame is not None:
            self.frame.reply = reply
            self.frame.pc += 1
        self.waiting = False
        while True:
            try:
                if failure is not None:
                    raise failure
                return self._run()
            except Failure as raised:
                failure = None
                self._unwind(raised)
            except RecursionError:
                failure = Failure("BudgetSpent", "an expression is nested too deep")

    def _run(self) -> Effect | Fork | Done:
        while True:
            frame = self.frame
            assert frame is not None
            signal = self._dispatch(frame)
            if signal == RETURN and self.leave(frame):
                return Done(frame.request)
            if signal in (EFFECT, FORK):
                self.waiting = True
                return frame.request  # type: ignore[no-any-return]

    def _dispatch(self, frame: Frame) -> int:
        """Run instructions of one frame up to a signal."""
        instructions, slots, pc = frame.code.instructions, frame.slots, frame.pc
        left = min(CHUNK, self.budget.left("steps"))
        if left <= 0:
            self.budget.spend("steps")
        used = 0
        try:
            for used in range(1, left + 1):  # noqa: B007
                following = instructions[pc](slots)
                if following < 0:
                    return following
                pc = following
            return CALL
        finally:
            frame.pc = pc
            self.budget.spend("steps", used)

    def leave(self, frame: Frame) -> bool:
        """Return from a frame with the value in its `request`; tell whether that was the last one."""
        self.depth -= 1
        caller = frame.caller
        if caller is None:
            self.frame = None
            return True
        self.budget = frame.budget
        caller.slots[frame.target] = frame.request
        caller.pc += 1
        self.frame = caller
        return False

    def _unwind(self, failure: Failure) -> None:
        """Pass a failure to the innermost handler, noting where it passed. Errors: the failure, where there is none."""
        handler = self.handlers[-1] if self.handlers else None
        frame = self.frame
        while frame is not None:
            failure.passed.append((frame.path, _place(frame)))
            if handler is not None and frame is handler.frame:
                break
            frame = frame.caller
            self.depth -= 1
        if handler is None:
            self.frame = None
            raise failure
        self.handlers.pop()
        failure.__traceback__ = None  # it may be kept as an earlier one: without the frames it came through
        self.frame, self.budget, self.memory = handler.frame, handler.budget, handler.memory
        handler.frame.path, handler.frame.memory = handler.path, handler.memory
        handler.frame.slots[handler.slot] = failure
        handler.frame.pc = handler.pc

    def evaluate(self, function: Function, args: tuple[Value, ...]) -> Value:
        """Call a pure function from inside an instruction: what the prelude does with a function it is given."""
        outer, depth, handlers = self.frame, self.depth, self.handlers
        assert outer is not None
        self.handlers = []
        try:
            self.enter(function.code, slots_for(function, args), outer.path)
            return self._value()
        finally:
            self.frame, self.depth, self.handlers = outer, depth, handlers

    def _value(self) -> Value:
        """Run pure code to its end; a failure goes to the handlers of that code alone."""
        while True:
            try:
                answer = self._run()
            except Failure as failure:
                self._unwind(failure)
                continue
            assert isinstance(answer, Done)
            return answer.value


def slots_for(function: Function, args: tuple[Value, ...]) -> Slots:
    """Lay out the slots of a call."""
    code = function.code
    if function.home is None:
        return [None, *args, *[None] * (code.size - 1 - len(args))]
    slots = function.home.copy()
    for slot, arg in zip(code.params, args, strict=True):
        slots[slot] = arg
    return slots


def _place(frame: Frame) -> str:
    node = frame.code.places[frame.pc] if frame.pc < len(frame.code.places) else None
    return node.span.place if node is not None else ""
