"""Following marks through values, blocks, branches and failures of one function.

Every expression has a method by its class; what has none is marked by its parts. Three things raise the marks of what
comes after: the branch that it stands in, a `return` or JUMP that has left the function on another path, and a failure
that it was spared. Next door: `origins.py` has the marks; `function.py` goes on with memory, the world and calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lotterylang.check.marks.origins import NONE, Flow, Marks, joined
from lotterylang.check.program import Program
from lotterylang.syntax import tree
from lotterylang.syntax.tree.node import Binder
from lotterylang.syntax.tree.traversal import parts

Names = dict[str, Marks]

_PASSED_ON = (tree.Name, tree.Block, tree.Find, tree.CallTool)
"""What gives a value and computes nothing with it: not touched until something else does."""


@dataclass(frozen=True, slots=True)
class Spared:
    """What caught code leaves behind: its value, what has `decided` whether it failed, which is all that it computed
    with, and what decided that of those failures which it has `by_its_word`."""

    value: Marks
    decided: Marks
    by_its_word: Marks = NONE


class Values:
    """Follows one function as far as its own values.

    `known` are the flows of all functions so far, `held` the marks of places of memory.
    """

    def __init__(self, program: Program, known: Mapping[str, Flow], held: Mapping[str, Marks], function: str) -> None:
        self.program = program
        self.known = known
        self.held = held
        self.function = function
        self.names: Names = {}
        self.own: set[str] = set()
        self.branch: Marks = NONE
        self.left: Marks = NONE
        self.fails: Marks = NONE
        self.may_fail = False
        self.result: Marks = NONE
        self.touched: Marks = NONE
        self.acts: dict[tuple[str, Any, str], Marks] = {}
        self.writes: dict[str, Marks] = {}

    @property
    def decided(self) -> Marks:
        """Give the marks of what has decided that the present place is reached."""
        return self.branch | self.left | self.fails

    def marks(self, node: Any) -> Marks:
        """Give the marks of an expression or statement."""
        method: Callable[[Any], Marks] | None = getattr(self, f"_{type(node).__name__.lower()}", None)
        found = method(node) if method is not None else joined([self.marks(part) for part in parts(node)])
        if not isinstance(node, _PASSED_ON):
            self.touched |= found
        return found

    # names and blocks

    def _name(self, node: tree.Name) -> Marks:
        return self.names.get(node.name, NONE)

    def _block(self, node: tree.Block) -> Marks:
        outer = dict(self.names)
        found = self._statements(node)
        self.names = outer
        return found

    def _statements(self, node: tree.Block) -> Marks:
        found = NONE
        for statement in node.statements:
            found = self.marks(statement)
        return found

    def bind(self, binder: Binder, marks: Marks) -> None:
        """Bind names to a value that has marks. A name keeps those that another path has given it."""
        for name in binder:
            self.names[name] = self.names.get(name, NONE) | marks

    def _let(self, node: tree.Let) -> Marks:
        self.bind(node.binder, self.marks(node.value) | self._condition(node))
        return NONE

    def _condition(self, node: Any) -> Marks:
        """What a written type promises may fail, and so decides what comes after."""
        if id(node) in self.program.conditions:
            self.promised(self.marks(node.value))
        return NONE

    def promised(self, marks: Marks) -> None:
        """Note a promise about a marked value: it may fail by the program's own word, and decides the rest."""
        self.may_fail = True
        self.fails |= marks | self.branch

    # branches

    @contextmanager
    def under(self, marks: Marks) -> Iterator[None]:
        """Enter code that runs or not by what has these marks."""
        outer, self.branch = self.branch, self.branch | marks
        try:
            yield
        finally:
            self.branch = outer

    def _if(self, node: tree.If) -> Marks:
        decided, found = NONE, NONE
        for condition, block in node.branches:
            with self.under(decided):
                decided |= self.marks(condition)
            with self.under(decided):
                found |= self.marks(block)
        if node.otherwise is not None:
            with self.under(decided):
                found |= self.marks(node.otherwise)
        return decided | found

    def _match(self, node: tree.Match) -> Marks:
        decided = subject = self.marks(node.subject)
        found = NONE
        for arm in node.arms:
            outer = dict(self.names)
            for name in _bound(arm.pattern):
                self.names[name] = subject
            if arm.guard is not None:
                with self.under(decided):
                    decided |= self.marks(arm.guard)
            with self.under(decided):
                found |= self.marks(arm.body)
            self.names = outer
        return decided | found

    def _items(self, node: tree.And | tree.Or) -> Marks:
        found = NONE
        for item in node.items:
            with self.under(found):
                found |= self.marks(item)
        return found

    _and = _or = _items

    def _for(self, node: tree.For) -> Marks:
        outer, found = dict(self.names), NONE
        for each in node.each:
            found |= self.marks(each.source)
            self.bind(each.binder, found)
        if node.condition is not None:
            found |= self.marks(node.condition)
        with self.under(found):
            found |= self._again(node.body)
        self.names = outer
        return found

    def _fold(self, node: tree.Fold) -> Marks:
        outer, found = dict(self.names), self.marks(node.start) | self.marks(node.each.source)
        before: Marks | None = None
        while before != found:
            before = found
            self.bind(node.binder, found)
            self.bind(node.each.binder, found)
            if node.until is not None:
                found |= self.marks(node.until)
            with self.under(found):
                found |= self.marks(node.body)
        if id(node) in self.program.conditions:
            self.promised(found)
        self.names = outer
        return found

    def _again(self, body: tree.Block) -> Marks:
        """Follow code that runs several times: what fails or leaves in it decides what runs the next time."""
        found = self.marks(body)
        return found | self.marks(body)

    # failures

    def _ensure(self, node: tree.Ensure) -> Marks:
        self.promised(joined([self.marks(part) for part in parts(node)]))
        return NONE

    def _fail(self, node: tree.Fail) -> Marks:
        return self._ensure(node)  # type: ignore[arg-type]

    def _return(self, node: tree.Return) -> Marks:
        if node.value is not None:
            self.result |= self.marks(node.value)
        self.left |= self.branch
        return NONE

    def _jump(self, node: tree.Jump) -> Marks:
        self.left |= self.branch | (self.marks(node.condition) if node.condition is not None else NONE)
        return NONE

    def _attempt(self, body: tree.Block) -> Spared:
        """Follow code whose failures are caught."""
        failed, touched = self.fails, self.touched
        self.fails, self.touched = NONE, NONE
        value = self.marks(body)
        spared = Spared(value, self.fails | self.touched, self.fails)
        self.fails, self.touched = failed, touched | self.touched
        return spared

    def _attempts(self, body: tree.Block, known: Marks, feedback: str | None = None) -> Spared:
        """Follow code that is tried again where it failed: what it had computed before decides that."""
        outer = dict(self.names)
        spared = Spared(NONE, known)
        for _ in range(2):
            if feedback is not None:
                self.names[feedback] = spared.decided
            with self.under(spared.decided):
                again = self._attempt(body)
            spared = Spared(spared.value | again.value, spared.decided | again.decided, again.by_its_word)
        self.names = outer
        return spared

    def _retry(self, node: tree.Retry) -> Marks:
        spared = self._attempts(node.body, self.marks(node.count), node.name)
        self.fails |= spared.by_its_word | self.branch if spared.by_its_word else NONE
        return spared.value | spared.decided

    def _try(self, node: tree.Try) -> Marks:
        return self._caught(node.catches, self._attempt(node.body))

    def _tryin(self, node: tree.TryIn) -> Marks:
        outer, found = dict(self.names), self.marks(node.each.source)
        self.bind(node.each.binder, found)
        spared = self._attempts(node.body, found)
        self.names = outer
        return self._caught(node.catches, spared)

    def _caught(self, catches: tuple[tree.Catch, ...], spared: Spared) -> Marks:
        found = decided = spared.decided
        for catch in catches:
            outer = dict(self.names)
            if catch.name is not None:
                self.names[catch.name] = decided
            with self.under(decided):
                found |= self.marks(catch.body)
            self.names = outer
        if all(catch.kinds for catch in catches):  # some failures pass
            self.fails |= spared.by_its_word
        return found | spared.value


def _bound(pattern: Any) -> Iterator[str]:
    """Yield the names that a pattern may bind: where a name is a case, binding it too does no harm."""
    match pattern:
        case tree.TypePattern(name=str(name)) | tree.CasePattern(name=name):
            yield name
        case tree.CallPattern(params=names):
            yield from names
        case tree.TuplePattern(items=items) | tree.EitherPattern(options=items):
            for item in items:
                yield from _bound(item)
