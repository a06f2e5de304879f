"""Attempts as instructions: `try … catch`, `try x in xs`, `retry`. What a failed body wrote to memory is undone.

A body runs on a memory of its own, over that of the block around it: a failure drops it, the end of the body hands it
over. Next door: `machine.py` passes failures to handlers; `loops.py` has the loops without attempts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lotterylang.run import failures
from lotterylang.run.lower.emitter import Evaluate, Label
from lotterylang.run.lower.loops import LoopLowering, listed, segment
from lotterylang.run.machine import Function, Handler, Slots
from lotterylang.run.paths import Path
from lotterylang.run.values import Failure
from lotterylang.syntax import tree

AGAIN = frozenset({"Rejected", "ToolFailed", "NotFound", "Empty"})
"""Failures after which `retry` runs again; the others would come again, since what caused them has not changed."""


class AttemptLowering(LoopLowering):
    """Bodies that may fail."""

    def emit_try(self, node: tree.Try) -> int:
        target, failed, path = (self.emitter.layout.slot() for _ in range(3))
        caught, end = Label(), Label()
        enters = self.marks(node)
        self.emitter.assign(lambda s: s[0].path.call("try") if enters else s[0].path, node, path)
        self.attempt(node, lambda s: s[path], lambda: self.block_into(node.body, target), caught, failed)
        self.emitter.jump(end, node)
        self.emitter.place(caught)
        self._catches(node, node.catches, failed, target, end)
        self.emitter.place(end)
        return target

    def emit_tryin(self, node: tree.TryIn) -> int:
        target, failed = self.emitter.layout.slot(), self.emitter.layout.slot()
        source, nothing, catches, end = self.value(node.each.source), Label(), Label(), Label()
        items = self.emitter.assign(lambda s: listed(source(s)), node.each)
        self.emitter.jump_if(lambda s: s[items], nothing, node, when=False)
        with self.emitter.scope():
            bind = self.binding(node.each.binder)

            def body() -> None:
                self.block_into(node.body, target)

            def enter(s: Slots, position: int) -> None:
                bind(s, s[items][position])

            def goes_on(s: Slots, position: int) -> bool:
                return position < len(s[items])

            self._attempts(node, "try", enter, body, goes_on, failed, end)
        self.emitter.jump(catches, node)
        self.emitter.place(nothing)
        self.emitter.assign(lambda s: Failure("Empty", "`try` has nothing to try"), node, failed)
        self.emitter.place(catches)
        self._catches(node, node.catches, failed, target, end)
        self.emitter.place(end)
        return target

    def emit_retry(self, node: tree.Retry) -> int:
        target, failed = self.emitter.layout.slot(), self.emitter.layout.slot()
        end, count = Label(), self.emitter.assign(self.value(node.count), node.count)
        self.emitter.assign(lambda s: _some_runs(s[count]), node.count, self.emitter.layout.slot())
        with self.emitter.scope():
            feedback = self.emitter.bind(node.name) if node.name is not None else self.emitter.layout.slot()

            def body() -> None:
                self.block_into(node.body, target)

            def enter(s: Slots, position: int) -> None:
                s[feedback] = s[failed].message if position else ""

            def goes_on(s: Slots, position: int) -> bool:
                return s[failed].kind in AGAIN and position < s[count]

            self._attempts(node, "retry", enter, body, goes_on, failed, end)
        self.emitter.assign(lambda s: _raise(s[failed]), node, self.emitter.layout.slot())
        self.emitter.place(end)
        return target

    def _attempts(
        self,
        node: Any,
        word: str,
        enter: Callable[[Slots, int], None],
        body: Callable[[], None],
        goes_on: Callable[[Slots, int], bool],
        failed: int,
        end: Label,
    ) -> None:
        """Put down a body that runs until it does not fail; where none is left, go on with the last failure."""
        emitter, top, caught = self.emitter, Label(), Label()
        base, position, earlier = (emitter.layout.slot() for _ in range(3))
        path: Callable[[Slots], Path] = lambda s: s[0].path  # noqa: E731
        if self.marks(node):
            emitter.assign(lambda s: s[0].path.occurrence(word), node, base)
            path = lambda s: Path(segment(word, s[base], s[position]), s[0].path)  # noqa: E731
        emitter.assign(lambda s: 0, node, position)
        emitter.assign(lambda s: (), node, earlier)
        emitter.place(top)
        emitter.assign(lambda s: enter(s, s[position]), node, emitter.layout.slot())
        self.attempt(node, path, body, caught, failed)
        emitter.jump(end, node)
        emitter.place(caught)

        def another(s: Slots) -> bool:
            s[position] += 1
            failure = s[failed]
            if goes_on(s, s[position]):
                s[earlier] = (*s[earlier], failure)
                return True
            failure.earlier = (*s[earlier], *failure.earlier)
            return False

        emitter.jump_if(another, top, node)

    def attempt(
        self,
        node: Any,
        path: Callable[[Slots], Path],
        body: Callable[[], None],
        caught: Label,
        failed: int,
        *,
        undoes: bool = True,
    ) -> None:
        """Put down a body under a path; if it fails, its writes are undone, and `caught` goes on with the failure."""

        def enter(s: Slots) -> None:
            frame, machine = s[0], s[0].machine
            machine.handlers.append(Handler(frame, caught.pc, failed, frame.path, machine.budget, machine.memory))
            machine.memory = frame.memory = machine.memory.branch() if undoes else machine.memory
            frame.path = path(s)

        self.emitter.assign(enter, node, self.emitter.layout.slot())
        self.emitter.attempts += 1
        body()
        self.emitter.attempts -= 1
        self.leave_attempts(1, node)

    def leave_attempts(self, count: int, node: Any) -> None:
        """Put down the end of as many attempts, none of which failed."""

        def leave(s: Slots) -> None:
            frame, machine = s[0], s[0].machine
            for _ in range(count):
                handler = machine.handlers.pop()
                if machine.memory is not handler.memory:
                    machine.memory.commit()
                machine.memory = frame.memory = handler.memory
                frame.path = handler.path

        if count:
            self.emitter.assign(leave, node, self.emitter.layout.slot())

    def _catches(self, node: Any, catches: tuple[tree.Catch, ...], failed: int, target: int, end: Label) -> None:
        """Put down what handles the failure in a slot; the failure goes on where nothing does."""
        again = Label()
        second = self.emitter.layout.slot()
        enters = self.marks(node)
        for catch in catches:
            following = Label()
            if catch.kinds:
                self.emitter.jump_if(_is_one_of(failed, catch.kinds), following, catch, when=False)
            with self.emitter.scope():
                if catch.name is not None:
                    fits = failures.fitting(self.program.caught[id(catch)])
                    caught = self.emitter.bind(catch.name)
                    self.emitter.assign(_described(failed, fits), catch, caught)
                path = _catch_path if enters else _same_path
                self.attempt(catch, path, _into(self, catch.body, target), again, second, undoes=False)
            self.emitter.jump(end, catch)
            self.emitter.place(following)
        self.emitter.assign(lambda s: _raise(s[failed]), node, self.emitter.layout.slot())
        if catches:
            self.emitter.place(again)
            self.emitter.assign(lambda s: _raise_after(s[second], s[failed]), node, self.emitter.layout.slot())

    # where only a pure expression stands: a condition, an `until`

    def pure_try(self, node: tree.Try) -> Evaluate:
        return self._evaluated("try", node)

    def pure_tryin(self, node: tree.TryIn) -> Evaluate:
        return self._evaluated("try", node)

    def pure_retry(self, node: tree.Retry) -> Evaluate:
        return self._evaluated("retry", node)

    def pure_within(self, node: tree.Within) -> Evaluate:
        return self._evaluated("within", node)

    def _evaluated(self, name: str, node: Any) -> Evaluate:
        code = self.nested(name, [], node)
        return lambda s: s[0].machine.evaluate(Function(code, s), ())


def _into(lowering: AttemptLowering, block: tree.Block, target: int) -> Callable[[], None]:
    return lambda: lowering.block_into(block, target)


def _catch_path(s: Slots) -> Path:
    path: Path = s[0].path.call("catch")
    return path


def _same_path(s: Slots) -> Path:
    path: Path = s[0].path
    return path


def _is_one_of(slot: int, kinds: tuple[str, ...]) -> Evaluate:
    return lambda s: s[slot].kind in kinds


def _described(slot: int, fits: Callable[[Any], bool]) -> Evaluate:
    return lambda s: failures.described(s[slot], fits)


def _some_runs(count: int) -> None:
    if count < 1:
        raise Failure("Undefined", f"`retry {count}` never runs")


def _raise(failure: Failure) -> None:
    raise failure


def _raise_after(failure: Failure, caught: Failure) -> None:
    failure.earlier = (*failure.earlier, caught)
    raise failure
