"""Ready branches, joins and cancellation: runs every machine of a run until each waits for the world.

`advance` returns the effects that are due, in program order; `answer` brings a reply. Branches of a fork join by
position, never by time. `for`, `all` and `each` fail as the lowest position that failed, and later positions are then
cancelled; `any` is answered by the lowest position that did not fail, and later ones are cancelled once it is known
that they don't count. Next door: `machine.py` has the fork as data, `journal.py` is told what was cancelled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lotterylang.run.budget import Clock
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
        self.fork: Fork | None = None
        self.children: list[Branch] = []
        self.waiting: Effect | None = None
        self.begun = False
        self.ended = False
        self.cancelled = False
        self.value: Value = None
        self.failure: Failure | None = None

    @property
    def passed(self) -> bool:
        """Tell whether the branch has an answer."""
        return self.ended and not self.cancelled and self.failure is None


class Scheduler:
    """All branches of one run."""

    def __init__(self, machine: Machine) -> None:
        self.root = Branch(machine, None, 0)
        self._ready: deque[tuple[Branch, Reply | list[Value] | Failure | None]] = deque()
        self._waiting: dict[str, Branch] = {}
        self._cancelled: list[str] = []

    def start(self, code: Code, slots: Slots, path: Path) -> None:
        """Begin with a call."""
        self._enter(self.root, code, slots, path)

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

    def clocks(self, path: str) -> tuple[Clock, ...]:
        """Give the clocks of the blocks in which the effect at a path waits."""
        return self._waiting[path].machine.budget.clocks

    def take_cancelled(self) -> list[str]:
        """Give the paths of the branches that were cancelled since this was asked last."""
        found, self._cancelled = self._cancelled, []
        return found

    # forks

    def _fork(self, branch: Branch, fork: Fork) -> None:
        branch.fork = fork
        try:
            branch.children = [Branch(each, branch, i) for i, each in enumerate(_machines(branch.machine, fork))]
        except Failure as failure:
            self._ready.append((branch, failure))
            return
        if not branch.children:
            self._ready.append((branch, _of_nothing(fork)))
        for child in list(branch.children[:1] if fork.in_order else branch.children):
            if not child.ended:  # a failure on the way in may have ended the fork
                self._begin(child, fork)

    def _begin(self, child: Branch, fork: Fork) -> None:
        slots = fork.branches[child.position]
        if fork.earlier is not None and child.parent is not None:
            slots[fork.earlier] = tuple(each.value for each in child.parent.children[: child.position])
        self._enter(child, fork.code, slots, fork.paths[child.position])

    def _enter(self, branch: Branch, code: Code, slots: Slots, path: Path) -> None:
        branch.begun = True
        try:
            branch.machine.enter(code, slots, path)
        except Failure as failure:
            self._end(branch, failure=failure)
            return
        self._ready.append((branch, None))

    def _end(self, branch: Branch, *, value: Value = None, failure: Failure | None = None) -> None:
        branch.ended, branch.value, branch.failure = True, value, failure
        parent = branch.parent
        if parent is None or parent.fork is None:
            return
        is_over = (failure is None) is (parent.fork.mode == "any")
        if is_over:
            for later in parent.children[branch.position + 1 :]:
                self._cancel(later)
        elif parent.fork.in_order and branch.position + 1 < len(parent.children):
            self._begin(parent.children[branch.position + 1], parent.fork)
            return
        decided = _decided(parent)
        if decided is not None:
            parent.children, parent.fork = [], None
            self._ready.append((parent, decided))

    def _cancel(self, branch: Branch) -> None:
        if branch.begun and branch.parent is not None and branch.parent.fork is not None and not branch.cancelled:
            self._cancelled.append(str(branch.parent.fork.paths[branch.position]))
        for each in _with_children(branch):
            each.ended = each.cancelled = True
            if each.waiting is not None:
                self._waiting.pop(each.waiting.path, None)


def _machines(outer: Machine, fork: Fork) -> Iterator[Machine]:
    """Give each branch its machine: a memory of its own, unless it is one of `each`, and what it may spend."""
    for _ in fork.branches:
        budget = outer.budget.branch() if fork.mode == "for" else outer.budget.share(len(fork.branches))
        memory = outer.memory if fork.mode == "each" else outer.memory.branch()
        machine = outer.branch(memory, budget)
        machine.depth = outer.depth
        yield machine


def _of_nothing(fork: Fork) -> list[Value] | Failure:
    return Failure("Empty", "DIVIDE any of no parts") if fork.mode == "any" else []


def _decided(parent: Branch) -> list[Value] | Failure | None:
    """Join the branches of a fork, or give its failure; None while a position that counts still runs."""
    fork = parent.fork
    assert fork is not None
    if fork.mode == "any":
        return _decided_any(parent)
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
        if fork.mode != "each":
            machine.memory.join([child.machine.memory for child in finished])
    except Failure as failure:
        return failure
    return [child.value for child in finished]


def _decided_any(parent: Branch) -> list[Value] | Failure | None:
    """Give the answer of the lowest position that passed; what the cancelled ones spent is charged all the same."""
    winner: Branch | None = None
    for child in parent.children:
        if not child.ended:
            return None
        if child.passed:
            winner = child
            break
    machine = parent.machine
    try:
        for child in parent.children:
            for each in _with_children(child):
                machine.budget.join(each.machine.whole_budget)
        if winner is not None:
            machine.memory.join([winner.machine.memory])
    except Failure as failure:
        return failure
    return [winner.value] if winner is not None else _none_passed(parent.children)


def _none_passed(children: list[Branch]) -> Failure:
    """Say that no part passed, as the first of them failed, with the first best answer there is."""
    failures = [child.failure for child in children if child.failure is not None]
    best = next((failure.best for failure in failures if failure.best is not None), None)
    found = Failure("Rejected", f"none of {len(failures)} parts passed; the first failed {failures[0]}", best)
    found.passed = list(failures[0].passed)
    return found


def _with_children(branch: Branch) -> Iterator[Branch]:
    yield branch
    for child in branch.children:
        yield from _with_children(child)
