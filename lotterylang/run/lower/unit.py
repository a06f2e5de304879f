"""What the lowering of a program shares (codes, constants, functions), and of a function: its emitter.

One class lowers a function. It grows file by file, from `expressions.py` to `__init__.py`, where it is whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lotterylang.check.program import WORLD, Program
from lotterylang.run.fitting import Count, words_and_signs
from lotterylang.run.lower.emitter import Emitter, Evaluate, Layout, slot_reader
from lotterylang.run.machine import Code, Function
from lotterylang.run.values import Value
from lotterylang.syntax import tree
from lotterylang.syntax.tree.node import node as node_class

Given = tuple[tuple[Value, ...] | None, Value]
"""The arguments of a call (None: any), and what it gives instead of running."""


@dataclass(slots=True)
class Heard:
    """A question to a model, and the value that its reply became (None: it failed)."""

    path: str
    model: str
    is_ask: bool
    value: Value = None


class Unit:
    """A program being lowered."""

    def __init__(self, program: Program, given: frozenset[str] = frozenset()) -> None:
        self.program = program
        self.may_be_given = given  # functions that a test gives a value for, instead of running them
        self.given: Mapping[str, Sequence[Given]] = {}
        self.codes = {name: Code(name, bool(s.effects & WORLD)) for name, s in program.functions.items()}
        self.functions = {name: Function(code) for name, code in self.codes.items()}
        self.constants: dict[str, Value] = {}
        self.count: Count = words_and_signs  # the runner puts that of the model here
        self.count_by: Callable[[str, str], int] = lambda model, text: words_and_signs(text)
        self.heard: list[Heard] | None = None  # what models replied, where a test asks for it

    def value_given(self, name: str, args: tuple[Value, ...]) -> tuple[Value] | None:
        """Give what a test says that a call gives; None where it says nothing."""
        found = (value for wanted, value in self.given.get(name, ()) if wanted is None or wanted == args)
        return next(((value,) for value in found), None)


_NEVER_SIMPLE = (
    *(tree.Ask, tree.Choose, tree.Score, tree.Find, tree.CallTool, tree.Deduce, tree.Derived),
    *(tree.Divide, tree.Within, tree.Return, tree.Jump, tree.Label),
    *(tree.Read, tree.Write, tree.Copy, tree.Mov, tree.Memory, tree.Try, tree.TryIn, tree.Retry),
)


class Lowering(ABC):
    """One function being lowered, and the program it belongs to."""

    def __init__(self, unit: Unit, code: Code, layout: Layout | None = None, outer: Emitter | None = None) -> None:
        self.unit = unit
        self.program = unit.program
        self.emitter = Emitter(code, layout or Layout())
        if outer is not None:
            self.emitter.scopes = [*outer.scopes, {}]
        self.function_node: tree.Fn | None = None
        self.own: dict[str, Any] = {}  # memories of this function, by name
        self._simple: dict[int, bool] = {}

    # what the parts offer one another

    @abstractmethod
    def statement(self, node: Any) -> None:
        """Put down one statement."""

    @abstractmethod
    def nested(self, name: str, params: list[str], body: Any) -> Any:
        """Lower a body that runs by itself: a lambda, or a branch of `for`."""

    # what can be one closure

    def is_simple(self, node: Any) -> bool:
        """Tell whether an expression needs no instruction of its own: no effect and no call of a program's function."""
        known = self._simple.get(id(node))
        if known is None:
            known = self._simple[id(node)] = self._find_simple(node)
        return known

    def _find_simple(self, node: Any) -> bool:
        if isinstance(node, _NEVER_SIMPLE):
            return False
        if isinstance(node, tree.Lambda):
            return True  # called by the machine when its turn comes
        if isinstance(node, tree.Call) and not self._is_closed_call(node):
            return False
        if isinstance(node, tree.Block):
            return all(self.is_simple(statement) for statement in node.statements)
        return all(self.is_simple(child) for child in children(node))

    def _is_closed_call(self, node: tree.Call) -> bool:
        """Tell whether a call is of the prelude or of a record's constructor."""
        if isinstance(node.function, tree.TypeValue):
            return True
        name = node.function.name if isinstance(node.function, tree.Name) else ""
        return self.emitter.lookup(name) is None and name not in self.unit.codes

    # values

    def value(self, node: Any) -> Evaluate:
        """Lower an expression: put down what instructions it needs, and give the evaluation of its value."""
        if self.is_simple(node):
            return self.pure(node)
        return slot_reader(self.emitted(node))

    def values(self, nodes: Sequence[Any]) -> list[Evaluate]:
        """Lower several expressions so that they are evaluated from left to right."""
        last = max((i for i, node in enumerate(nodes) if not self.is_simple(node)), default=-1)
        found = []
        for i, node in enumerate(nodes):
            evaluate = self.value(node)
            if i < last and self.is_simple(node) and not isinstance(node, tree.Number | tree.Constant | tree.Name):
                evaluate = slot_reader(self.emitter.assign(evaluate, node))
            found.append(evaluate)
        return found

    def pure(self, node: Any) -> Evaluate:
        """Give the closure of a simple expression, by the method named after its class."""
        method = getattr(self, f"pure_{type(node).__name__.lower()}")
        return method(node)  # type: ignore[no-any-return]

    def emitted(self, node: Any) -> int:
        """Put down the instructions of an expression, and give the slot of its value."""
        method = getattr(self, f"emit_{type(node).__name__.lower()}", None)
        if method is None:
            return self.emitter.assign(self.combined(node), node)
        return method(node)  # type: ignore[no-any-return]

    def combined(self, node: Any) -> Evaluate:
        """Lower an expression whose parts need instructions though it needs none itself."""
        named = node.function if isinstance(node, tree.Call) else None  # a name of the prelude or a record, no value
        parts = [part for part in children(node) if part is not named and not isinstance(part, tree.Lambda)]
        values = zip(self.values(parts), parts, strict=True)
        return self.pure(replaced(node, {id(part): self.held(part, value) for value, part in values}))

    def held(self, node: Any, evaluate: Evaluate) -> Held:
        """Give a node that stands for an expression already lowered."""
        return Held(node.span, evaluate)

    def pure_held(self, node: Held) -> Evaluate:
        return node.evaluate


@node_class
class Held(tree.Node):
    """What was lowered already; stands in a tree in the place of the expression."""

    evaluate: Evaluate


_WRAPPERS = (tree.Spread, tree.NamedArg, tree.Value)


def children(node: Any) -> list[Any]:
    """List the nodes directly under a node in order of evaluation, taken out of their wrappers."""
    found: list[Any] = []
    for name in node.__dataclass_fields__:
        if name != "span":
            _gather(getattr(node, name), found)
    return found


def _gather(part: Any, found: list[Any]) -> None:
    if isinstance(part, _WRAPPERS):
        _gather(part.value, found)
    elif isinstance(part, tree.Node) and not isinstance(part, tree.Piece | tree.RoleLine):
        found.append(part)
    elif isinstance(part, tuple):
        for item in part:
            _gather(item, found)


def replaced(node: Any, others: dict[int, Held]) -> Any:
    """Copy a node with other nodes in the place of some under it."""

    def swap(part: Any) -> Any:
        if id(part) in others:
            return others[id(part)]
        if isinstance(part, _WRAPPERS):
            return replaced(part, others)
        return tuple(map(swap, part)) if isinstance(part, tuple) else part

    fields = {name: swap(getattr(node, name)) for name in node.__dataclass_fields__ if name != "span"}
    return type(node)(node.span, **fields)
