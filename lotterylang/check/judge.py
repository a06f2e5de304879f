"""What all parts of inference share: where we are, what was found, and how one expression is judged.

`Judge.expr` finds the type of an expression and notes it. `want` is the type that is asked of it: None where any will
do but the value is used, Unknown where it is dropped. A type that does not fit is reported once, at the innermost
place. Next door: `infer.py` puts the parts together; `values.py`, `operators.py`, `calls.py` … are the parts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lotterylang.check.declared import Declared
from lotterylang.check.effects import Touch, Trace
from lotterylang.check.names import Binding, Scope
from lotterylang.check.program import HolePlan, MemoryDeclaration
from lotterylang.check.relations import fits, is_too_large
from lotterylang.check.report import Report
from lotterylang.check.traits import Demands, Trait, lacking, refuse_lacking
from lotterylang.check.types import UNKNOWN, Type
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span


@dataclass(slots=True)
class Frame:
    """The function that is being judged (None: a constant, an example), and the code around the present place."""

    function: str | None = None
    variables: tuple[str, ...] = ()
    result: Type | None = None
    returns: list[Type] = field(default_factory=list)
    trace: Trace = field(default_factory=Trace)
    inside: str | None = None
    labels: Mapping[str, tree.Label] = field(default_factory=dict)
    late: Mapping[str, Span] = field(default_factory=dict)
    holes: frozenset[str] = frozenset()
    is_derived: bool = False
    """Whether what bounds a hole by a DEDUCE is judged, which is known before the ASK."""
    memories: dict[str, MemoryDeclaration] = field(default_factory=dict)
    is_test: bool = False
    allows_cases: bool = False


@dataclass(frozen=True, slots=True)
class PureCode:
    """Code that may touch nothing: what it is, and where."""

    what: str
    trace: Trace
    function: str | None


class Judge(ABC):
    """Finds the type of every expression of a program."""

    def __init__(self, declared: Declared, report: Report) -> None:
        self.declared = declared
        self.report = report
        self.types: dict[int, Type] = {}
        self.holes: dict[int, HolePlan] = {}
        self.loops: list[tuple[tree.For, Trace, str | None]] = []
        self.divisions: list[tuple[tree.Divide, Trace, str | None]] = []
        self.touching: list[tuple[Any, Trace, str | None]] = []
        self.pure_code: list[PureCode] = []
        self.demands = Demands()
        self.caught: dict[int, Type] = {}
        self.asked: list[tuple[str | None, Type]] = []  # a model (None: a parameter's), and the record of holes
        self.own_memories: dict[int, MemoryDeclaration] = {}
        self.histories: set[int] = set()  # the calls that make turns of a prompt
        self.bounding: set[int] = set()  # what bounds a hole by a deduction, once it is judged
        self.only_best: set[int] = set()  # the CHOOSEs of which only the best option and its margin are looked at
        self.scope = Scope()
        self.frame = Frame()
        self.rebindable: frozenset[str] = frozenset()  # names that an entry of the REPL may bind anew

    # what the parts offer one another

    @abstractmethod
    def expr(self, node: tree.Expr, want: Type | None = None) -> Type:
        """Find the type of an expression, and see that it fits what is asked."""

    @abstractmethod
    def block(self, node: tree.Block, want: Type | None = None) -> Type:
        """Find the type of a block's value."""

    def body(self, node: tree.Expr | tree.Block, want: Type | None = None) -> Type:
        """Find the type of what an arm or a lambda gives."""
        return self.block(node, want) if isinstance(node, tree.Block) else self.expr(node, want)

    @abstractmethod
    def promise(self, owner: tree.Param | tree.Let | tree.Fn, names: tuple[str, ...], kind: Type) -> None:
        """Judge what a written type says of its values, and note it for the run."""

    @abstractmethod
    def keep_condition(self, owner: object, condition: tree.Expr | None, names: tuple[str, ...], kind: Type) -> None:
        """Judge what must hold of a value, and note it for the run by whom it belongs to."""

    @abstractmethod
    def mismatch(self, node: tree.Expr, have: Type, want: Type) -> Type:
        """Say that a type does not fit. Errors: LOT-E0301, LOT-E0323, LOT-E0326."""

    @abstractmethod
    def where(self, condition: tree.Expr, names: tuple[str, ...], kind: Type) -> None:
        """Judge what must hold of a value, which some names stand for."""

    @abstractmethod
    def is_head(self, node: tree.Memory) -> bool:
        """Tell whether a memory stands at the top level of its function's body, before any label."""

    @abstractmethod
    def arrive(self, label: str, span: Span) -> None:
        """Note that a path leads to a label from here."""

    # where we are

    @contextmanager
    def traced(self) -> Iterator[Trace]:
        """Write what happens inside into a trace of its own, which stands in the one around it."""
        outer, inner = self.frame.trace, Trace()
        outer.atoms.append(inner)
        self.frame.trace = inner
        try:
            yield inner
        finally:
            self.frame.trace = outer

    @contextmanager
    def apart(self) -> Iterator[Trace]:
        """Write what happens inside into a trace that runs elsewhere: the body of a lambda."""
        outer, inner = self.frame.trace, Trace()
        self.frame.trace = inner
        try:
            yield inner
        finally:
            self.frame.trace = outer

    @contextmanager
    def pure(self, what: str) -> Iterator[None]:
        """Note that what happens inside may touch nothing. Errors: LOT-E0501, once all traces are known."""
        with self.apart() as trace:
            yield
        if trace.atoms:
            self.pure_code.append(PureCode(what, trace, self.frame.function))

    @contextmanager
    def inside(self, what: str) -> Iterator[None]:
        """Enter a block that JUMP (and in loops and lambdas, return) may not leave."""
        outer, self.frame.inside = self.frame.inside, what
        try:
            yield
        finally:
            self.frame.inside = outer

    def touch(self, effect: str, span: Span) -> None:
        """Note a capital."""
        self.frame.trace.atoms.append(Touch(effect, span))

    # what was found

    def bind(self, name: str, kind: Type, span: Span, is_changed: bool = False) -> None:
        """Bind a local name; `_` stays free. Errors: LOT-E0202 if the name stands for something already.

        `is_changed` tells that the name is bound to a value made of what it stands for: it is meant as a variable.
        """
        if name == "_":
            return
        if name != "it" and name not in self.rebindable:
            self._refuse_shadowing(name, span, is_changed)
        self.scope.bind(Binding(name, self.of_bearable_size(name, kind, span), span))

    def of_bearable_size(self, name: str, kind: Type, span: Span) -> Type:
        """Give the type of a name. Errors: LOT-E0318 for one that grew too large on the way."""
        if not is_too_large(kind):
            return kind
        help = "build a record with fewer parts"
        return self.report.add("LOT-E0318", span, f"the type of `{name}` is too large", "too large", help=help)

    def _refuse_shadowing(self, name: str, span: Span, is_changed: bool) -> None:
        is_foreign = span.source in self.declared.nodes.foreign  # nothing of the main file is in view there
        own = self.frame.memories.get(name)
        outside = own.node.span if own is not None else None if is_foreign else self.declared.place(name)
        first = self.scope.bound_before(name) or outside
        if first is not None:
            at = ((first, "bound here first"),)
            help = "give it another name"
            if is_changed:
                help = f"values never change: write `fold {name} = … for … {{ … }}`, or give the new value another name"
            self.report.add("LOT-E0202", span, f"`{name}` is bound already", "bound again", help=help, others=at)

    def demand(self, trait: Trait, kind: Type, span: Span) -> bool:
        """See that a type has a trait; of type variables it is asked of the callers. Tells whether it has."""
        if refuse_lacking(trait, kind, span, self.report):
            return False
        variables: set[str] = set()
        lacking(trait, kind, variables)
        if self.frame.function is not None:
            self.demands.ask(self.frame.function, variables, trait)
        return True

    def note(self, node: Any, kind: Type) -> Type:
        """Note the type of a node that is not judged by `expr`."""
        self.types[id(node)] = kind
        return kind

    def written(self, node: tree.Type) -> Type:
        """Give the type that is written, with the type variables of this function."""
        return self.declared.written.of(node, self.frame.variables)

    def wants(self, want: Type | None) -> bool:
        """Tell whether a value is used at all."""
        return want is None or want != UNKNOWN

    def fits(self, have: Type, want: Type | None) -> bool:
        """Tell whether a type fits what is asked, if anything is."""
        return want is None or fits(have, want)
