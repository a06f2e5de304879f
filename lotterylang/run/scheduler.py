"""Ready branches, joins and cancellation: runs every machine of a run until each waits for the world.

`advance` returns the effects that are due, in program order; `answer` brings a reply. Branches of a fork join by
position, never by time: a fork fails as the lowest position that failed, and later positions are then cancelled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lotterylang.run.effects import Effect, Reply
from lotterylang.run.machine import Code, Done, Fork, Machine, Slots
from lotterylang.run.paths import Path
from lotterylang.run.values import Failure, Value


class Branch:
    """A machine, where it came from and what became of it."""

    def __init__(self, machine: Machine, parent: Branch | None, position: int) -> None:
        self.machine = machine
        self.parent = parent
        self.position = position
        self.children: list[Branch] = []
        self.waiting: Effect | None = None
        self.ended = False
        self.value: Value = None
        self.failure: Failure | None = None


class Scheduler:
    """All branches of one run."""

    def __init__(self, machine: Machine) -> None:
        self.root = Branch(machine, None, 0)
        self._ready: deque[tuple[Branch, Reply | list[Value] | Failure | None]] = deque()
        self._waiting: dict[str, Branch] = {}

    def start(self, code: Code, slots: Slots, path: Path) -> None:
        """Begin with a call."""
        try:
            self.root.machine.enter(code, slots, path)
        except Failure as failure:
            self._end(self.root, failure=failure)
            return
        self._ready.append((self.root, None))

    def advance(self) -> list[Effect]:
        """Run what can run; give the effects that came up, in the order of their branches."""
        due: list[Effect] = []
        while self._ready:
            branch, reply = self._ready.popleft()
            if branch.ended:
                continue
            try:
                asked = branch.machine.resume(reply)
            except Failure as failure:
                self._end(branch, failure=failure)
                continue
            if isinstance(asked, Done):
                self._end(branch, value=asked.value)
            elif isinstance(asked, Fork):
                self._fork(branch, asked)
            else:
                branch.waiting = asked
                self._waiting[asked.path] = branch
                due.append(asked)
        return [effect for effect in due if effect.path in self._waiting]

    def answer(self, path: str, reply: Reply) -> bool:
        """Hand a reply to the branch that waits for it; False if that branch was cancelled meanwhile."""
        branch = self._waiting.pop(path, None)
        if branch is None:
            return False
        branch.waiting = None
        self._ready.append((branch, reply))
        return True

    def _fork(self, branch: Branch, fork: Fork) -> None:
        outer = branch.machine
        for position in range(len(fork.branches)):
            machine = outer.branch()
            machine.depth = outer.depth
            branch.children.append(Branch(machine, branch, position))
        for child, slots, path in zip(list(branch.children), fork.branches, fork.paths, strict=True):
            try:
                child.machine.enter(fork.code, slots, path)
            except Failure as failure:
                self._end(child, failure=failure)
                return
            self._ready.append((child, None))
        if not branch.children:
            self._ready.append((branch, []))

    def _end(self, branch: Branch, *, value: Value = None, failure: Failure | None = None) -> None:
        branch.ended, branch.value, branch.failure = True, value, failure
        parent = branch.parent
        if parent is None:
            return
        if failure is not None:
            for later in parent.children[branch.position + 1 :]:
                self._cancel(later)
        decided = self._decided(parent)
        if decided is not None:
            self._ready.append((parent, decided))

    def _decided(self, parent: Branch) -> list[Value] | Failure | None:
        """Join the branches of a fork, or give its failure; None while a position that counts still runs."""
        finished: list[Branch] = []
        for child in parent.children:
            if not child.ended:
                return None
            finished.append(child)
            if child.failure is not None:
                break
        machine = parent.machine
        try:
            for child in finished:
                machine.budget.join(child.machine.whole_budget)
                if child.failure is not None:
                    raise child.failure
            machine.memory.join([child.machine.memory for child in finished])
        except Failure as failure:
            parent.children = []
            return failure
        parent.children = []
        return [child.value for child in finished]

    def _cancel(self, branch: Branch) -> None:
        for each in self._with_children(branch):
            each.ended = True
            if each.waiting is not None:
                self._waiting.pop(each.waiting.path, None)

    def _with_children(self, branch: Branch) -> Iterator[Branch]:
        yield branch
        for child in branch.children:
            yield from self._with_children(child)
