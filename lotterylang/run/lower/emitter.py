"""Where instructions are put down: an emitter a code, labels that are known only at the end, and slots for names.

An instruction is given as a factory, called once all labels have their numbers: `emit(lambda next: closure)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lotterylang.run.machine import Code, Instruction, Slots

Evaluate = Callable[[Slots], Any]
"""A pure expression, ready to run on a frame's slots."""


class Label:
    """A place among the instructions."""

    __slots__ = ("pc",)

    def __init__(self) -> None:
        self.pc = -1


class Layout:
    """The slots of one function: shared by its own code and the codes of its lambdas and bodies."""

    def __init__(self) -> None:
        self.size = 1  # slot 0 is the frame
        self.codes: list[Code] = []

    def slot(self) -> int:
        """Give a slot that nothing else uses."""
        self.size += 1
        return self.size - 1


class Emitter:
    """Puts down the instructions of one code."""

    def __init__(self, code: Code, layout: Layout) -> None:
        self.code = code
        self.layout = layout
        self.factories: list[Callable[[int], Instruction]] = []
        self.scopes: list[dict[str, int]] = [{}]
        self._born: dict[int, int] = {}  # slots of names, and the instruction that fills each
        self.budgets = 0  # `within` blocks around the place that is being lowered
        self.attempts = 0  # bodies around it whose failure is handled
        layout.codes.append(code)

    def emit(self, factory: Callable[[int], Instruction], node: Any) -> None:
        """Put down an instruction; the factory is told the number of the one after it."""
        self.factories.append(factory)
        self.code.places.append(node)

    def place(self, label: Label) -> None:
        """Set a label to the next instruction."""
        label.pc = len(self.factories)

    def seal(self) -> Code:
        """Make the instructions, now that every label has its number."""
        self.code.instructions = [factory(number + 1) for number, factory in enumerate(self.factories)]
        for scope in self.scopes:
            self._note_names(scope)
        return self.code

    def _note_names(self, scope: dict[str, int]) -> None:
        """Note for a debugger where the names of a scope stand for something; those of outer code do everywhere."""
        end = len(self.factories)
        for name, slot in scope.items():
            born = -1 if slot in self.code.params else self._born.get(slot, -1)
            self.code.names.append((name, slot, born, end))

    def bind(self, name: str) -> int:
        """Give a name of the innermost scope its slot; bound again there (by READ in a JUMP loop), the same one."""
        scope = self.scopes[-1]
        if name not in scope:
            scope[name] = self.layout.slot()
            self._born[scope[name]] = len(self.factories)
        return scope[name]

    def lookup(self, name: str) -> int | None:
        """Find the slot of a name."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Open a scope for the names of a block."""
        self.scopes.append({})
        yield
        self._note_names(self.scopes.pop())

    def assign(self, evaluate: Evaluate, node: Any, slot: int | None = None) -> int:
        """Put down the evaluation of an expression into a slot."""
        target = self.layout.slot() if slot is None else slot

        def factory(following: int) -> Instruction:
            def run(s: Slots) -> int:
                s[target] = evaluate(s)
                return following

            return run

        self.emit(factory, node)
        return target

    def jump(self, label: Label, node: Any) -> None:
        """Put down a jump."""
        self.emit(lambda following: _always(label.pc), node)

    def jump_if(self, evaluate: Evaluate, label: Label, node: Any, *, when: bool = True) -> None:
        """Put down a jump taken when a condition is `when`."""

        def factory(following: int) -> Instruction:
            yes, no = (label.pc, following) if when else (following, label.pc)

            def run(s: Slots) -> int:
                return yes if evaluate(s) else no

            return run

        self.emit(factory, node)


def _always(pc: int) -> Instruction:
    return lambda s: pc


def slot_reader(slot: int) -> Evaluate:
    """Give the evaluation that reads a slot."""
    return lambda s: s[slot]
