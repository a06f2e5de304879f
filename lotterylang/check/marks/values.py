"""Following marks through values, blocks, branches and failures of one function.

Every node has a method by its class, or is marked by its parts because a list says so. Three things raise the marks
of what comes after: the branch that it stands in, a `return` or JUMP that has left the function on another path, and a
failure that it was spared. Next door: `origins.py` has the marks; `function.py` goes on with memory, the world, calls.
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

BY_PARTS = (
    *(tree.TypeValue, tree.Number, tree.Constant, tree.Text, tree.Piece, tree.Value, tree.Hole, tree.RoleLine),
    *(tree.List, tree.Map, tree.Tuple, tree.Spread, tree.NamedArg, tree.Item, tree.Attribute, tree.Negative),
    *(tree.Arithmetic, tree.Range, tree.Comparison, tree.Not, tree.Ask, tree.Choose, tree.Score, tree.Deduce),
    *(tree.Derived, tree.OnModel, tree.Against, tree.Each, tree.Limit, tree.Label),
    *(tree.TypeName, tree.TypeLiteral, tree.TypeTuple, tree.TypeFn, tree.TypeMaybe, tree.TypeUnion, tree.Refined),
)
"""What is made of its parts and of nothing else. A new node has a method, or stands here."""

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
        self.settled: dict[int, tuple[Marks, Marks, Marks]] = {}

    @property
    def decided(self) -> Marks:
        """Give the marks of what has decided that the present place is reached."""
        return self.branch | self.left | self.fails

    def marks(self, node: Any) -> Marks:
        """Give the marks of an expression or statement."""
        if isinstance(node, BY_PARTS):
            found = joined([self.marks(part) for part in parts(node)])
        else:
            found = getattr(self, f"_at_{type(node).__name__.lower()}")(node)
        if not isinstance(node, _PASSED_ON):
            self.touched |= found
        return found

    # names and blocks

    def _at_name(self, node: tree.Name) -> Marks:
        return self.names.get(node.name, NONE)

    def _at_block(self, node: tree.Block) -> Marks:
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

    def _at_let(self, node: tree.Let) -> Marks:
        found = self.marks(node.value)
        self.bind(node.binder, found)
        if id(node) in self.program.conditions:
            self.promised(found)
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

    def _at_if(self, node: tree.If) -> Marks:
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

    def _at_match(self, node: tree.Match) -> Marks:
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

    _at_and = _at_or = _items

    def _at_for(self, node: tree.For) -> Marks:
        outer, found = dict(self.names), NONE
        for each in node.each:
            found |= self.marks(each.source)
            self.bind(each.binder, found)
        if node.condition is not None:
            found |= self.marks(node.condition)

        def once(decided: Marks) -> Marks:
            with self.under(decided):
                value.append(self.marks(node.body))
            return NONE

        value: list[Marks] = []
        self._until_settled(node, found, once)
        self.names = outer
        return found | joined(value)

    def _at_fold(self, node: tree.Fold) -> Marks:
        outer = dict(self.names)

        def once(found: Marks) -> Marks:
            self.bind(node.binder, found)
            self.bind(node.each.binder, found)
            if node.until is not None:
                found |= self.marks(node.until)
            with self.under(found):
                return found | self.marks(node.body)

        found = self._until_settled(node, self.marks(node.start) | self.marks(node.each.source), once)
        if id(node) in self.program.conditions:
            self.promised(found)
        self.names = outer
        return found

    def _at_within(self, node: tree.Within) -> Marks:
        """How much may be spent decides how far the body comes."""
        found = joined([self.marks(limit) for limit in node.limits])
        self.touched |= found
        with self.under(found):
            return found | self.marks(node.body)

    def _until_settled(self, node: tree.Node, known: Marks, once: Callable[[Marks], Marks]) -> Marks:
        """Follow code that runs several times until it adds nothing more: what fails or leaves in it decides what runs
        the next time. It begins with what it came to the last time, so that loops in loops are not followed twice as
        often at each level."""
        found, left, fails = self.settled.get(id(node), (NONE, NONE, NONE))
        found, self.left, self.fails = found | known, self.left | left, self.fails | fails
        before: object = None
        while before != (state := (found, self.left, self.fails, dict(self.writes))):
            before = state
            found |= once(found)
        self.settled[id(node)] = (found, self.left, self.fails)
        return found

    # failures

    def _at_ensure(self, node: tree.Ensure) -> Marks:
        self.promised(joined([self.marks(part) for part in parts(node)]))
        return NONE

    def _at_fail(self, node: tree.Fail) -> Marks:
        return self._at_ensure(node)  # type: ignore[arg-type]

    def _at_return(self, node: tree.Return) -> Marks:
        if node.value is not None:
            self.result |= self.marks(node.value)
        self.left |= self.branch
        return NONE

    def _at_jump(self, node: tree.Jump) -> Marks:
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

    def _attempts(self, node: tree.Retry | tree.TryIn, known: Marks, feedback: str | None = None) -> Spared:
        """Follow code that is tried again where it failed: what it had computed before decides that."""
        outer, tried = dict(self.names), [Spared(NONE, NONE)]

        def once(decided: Marks) -> Marks:
            if feedback is not None:
                self.names[feedback] = decided
            with self.under(decided):
                tried.append(self._attempt(node.body))
            return tried[-1].decided

        decided = self._until_settled(node, known, once)
        self.names = outer
        return Spared(joined([each.value for each in tried]), decided, tried[-1].by_its_word)

    def _at_retry(self, node: tree.Retry) -> Marks:
        spared = self._attempts(node, self.marks(node.count), node.name)
        self.fails |= spared.by_its_word | self.branch if spared.by_its_word else NONE
        return spared.value | spared.decided

    def _at_try(self, node: tree.Try) -> Marks:
        return self._caught(node.catches, self._attempt(node.body))

    def _at_tryin(self, node: tree.TryIn) -> Marks:
        outer, found = dict(self.names), self.marks(node.each.source)
        self.bind(node.each.binder, found)
        spared = self._attempts(node, found)
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
