"""Tree to instructions: each function of a checked program becomes a `Code` that the machine runs.

Enters: a checked program. Leaves: a `Unit` with a code for each function and constant. Next door: `machine.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lotterylang.check.program import Program
from lotterylang.run.lower.blocks import gives_value, return_of
from lotterylang.run.lower.divide import DivideLowering
from lotterylang.run.lower.emitter import Emitter, Evaluate, Label, Layout
from lotterylang.run.lower.entering import Judge, judge_of
from lotterylang.run.lower.places import start_of
from lotterylang.run.lower.unit import Unit
from lotterylang.run.machine import Code, Function, Slots
from lotterylang.run.values import Record, Tuple
from lotterylang.syntax import tree


class FunctionLowering(DivideLowering):
    """The whole of the lowering: statements, expressions, instructions, tests, and bodies that run by themselves."""

    def function(self, node: tree.Fn) -> Code:
        """Lower a function's body: its parameters come first, and keep their promises."""
        code = self.emitter.code
        code.params = tuple(self.emitter.bind(param.name) for param in node.params)
        kinds = [kind for _, kind in self.program.functions[code.name].params]
        for param, slot, kind in zip(node.params, code.params, kinds, strict=True):
            fields = judge_of(self, kind)
            if fields is not None:
                self.emitter.assign(_from_outside(fields, slot), param, self.emitter.layout.slot())
            self.keep_promise(param, f"`{param.name}` of `{node.name}`", slot)
        if code.name in self.unit.may_be_given:
            self._or_given(node, code)
        self.function_node = node
        self.body(node.body, node, f"the result of `{node.name}`")
        return code

    def _or_given(self, node: tree.Fn, code: Code) -> None:
        """Put down the way out of a call that a test gives the value of."""
        unit, runs = self.unit, Label()
        given = self.emitter.assign(lambda s: unit.value_given(code.name, tuple(s[slot] for slot in code.params)), node)
        self.emitter.jump_if(lambda s: s[given] is None, runs, node)
        value = self.emitter.assign(lambda s: s[given][0], node)
        self.keep_promise(node, f"the result of `{node.name}`", value)
        self.emitter.emit(lambda following: return_of(lambda s: s[value]), node)
        self.emitter.place(runs)

    def body(self, block: Any, promised: Any = None, what: str = "") -> None:
        """Lower what a code does, and return its value, which may have been promised something."""
        statements = block.statements if isinstance(block, tree.Block) else ()
        self.labels = {s.name: Label() for s in statements if isinstance(s, tree.Label)}
        target = self.emitter.layout.slot()
        self.block_into(block, target)
        self.keep_promise(promised, what, target)
        if self.own and self.function_node is not None:
            self.leave_own(block)
        self.emitter.emit(lambda following: return_of(lambda s: s[target]), block)
        self.emitter.seal()

    def entry(self, node: tree.Block, given: Sequence[str], bound: Sequence[str]) -> Code:
        """Lower statements that stand by themselves; the values of `given` come first, as parameters do."""
        self.emitter.code.params = tuple(self.emitter.bind(name) for name in given)
        self.labels = {}
        self.statements(node.statements)
        last = node.statements[-1]
        value = self.value(last) if gives_value(node) else None
        slots = {name: self.emitter.bind(name) for name in bound}
        self.emitter.emit(lambda following: return_of(_results(value, slots)), last)
        self.emitter.seal()
        return _sized(self.emitter)

    def nested(self, name: str, params: list[str], body: Any) -> Code:
        """Lower a body that shares the slots of the function around it."""
        code = Code(name, self.emitter.code.performs)
        inner = FunctionLowering(self.unit, code, self.emitter.layout, self.emitter)
        inner.own = self.own
        code.params = tuple(inner.emitter.bind(param) for param in params)
        inner.body(body)
        return code


def lower(program: Program, given: frozenset[str] = frozenset()) -> Unit:
    """Lower every function of a program. A test may stand in for those that are `given`."""
    unit = Unit(program, given)
    for name, signature in program.functions.items():
        _finish(FunctionLowering(unit, unit.codes[name]), signature.node)
    return unit


def constants(unit: Unit) -> list[tuple[str, Code]]:
    """Give the codes that compute the constants and the start values of memory, in the order to run them."""
    found = [(name, _constant(unit, name, node)) for name, node in unit.program.constants.items()]
    for name, memory in unit.program.memories.items():
        if memory.start is not None:
            found.append((start_of(name), expression(unit, name, memory.start)))
    return found


def stored(unit: Unit, name: str) -> Code | None:
    """Lower what judges a key and a value that come into a store from outside; None where nothing is promised."""
    lowering = FunctionLowering(unit, Code(name, False))
    key, value = (lowering.emitter.bind(each) for each in ("key of a place", "value of a place"))
    judge = lowering.stored_from_outside(name)
    if judge is None:
        return None
    lowering.emitter.code.params = (key, value)
    node = unit.program.memories[name].node
    lowering.emitter.assign(lambda s: judge(s, s[key], s[value]), node, lowering.emitter.layout.slot())
    lowering.emitter.emit(lambda following: return_of(lambda s: None), node)
    lowering.emitter.seal()
    return _sized(lowering.emitter)


def _constant(unit: Unit, name: str, node: tree.Let) -> Code:
    lowering = FunctionLowering(unit, Code(name, False))
    lowering.body(node.value, node, f"`{name}`")
    return _sized(lowering.emitter)


def expression(unit: Unit, name: str, node: Any, performs: bool = False, params: Sequence[str] = ()) -> Code:
    """Lower one expression as a code whose parameters are the names that it may speak of."""
    lowering = FunctionLowering(unit, Code(name, performs))
    lowering.emitter.code.params = tuple(lowering.emitter.bind(param) for param in params)
    lowering.body(node)
    return _sized(lowering.emitter)


def entry(unit: Unit, name: str, node: tree.Block, given: Sequence[str], bound: Sequence[str]) -> Code:
    """Lower statements typed at a REPL: `given` are the parameters; the names they bind come back with the value.

    Without a value a record of the names comes back, with a value that, and behind it the names if there are any.
    """
    return FunctionLowering(unit, Code(name, True)).entry(node, given, bound)


_GIVEN = (tree.GivenReplies, tree.GivenValue, tree.NeverFails)


def example(unit: Unit, node: tree.Example | tree.Property) -> Code:
    """Lower the statements and expectations of a test, what is given left out; what a property draws are parameters."""
    lowering = FunctionLowering(unit, Code(type(node).__name__.lower(), True))
    names = [drawn.name for drawn in node.drawn] if isinstance(node, tree.Property) else []
    lowering.emitter.code.params = tuple(lowering.emitter.bind(name) for name in names)
    tests = tuple(s for s in node.body if not isinstance(s, _GIVEN))
    lowering.body(tree.Block(node.span, tests))  # type: ignore[arg-type]
    return _sized(lowering.emitter)


def _finish(lowering: FunctionLowering, node: tree.Fn) -> None:
    lowering.function(node)
    _sized(lowering.emitter)


def _sized(emitter: Emitter) -> Code:
    for code in emitter.layout.codes:
        code.size = emitter.layout.size
    return emitter.code


def _from_outside(judge: Judge, slot: int) -> Any:
    """Judge an argument of the call that a run begins with: nobody in the program has built it."""
    return lambda s: judge(s, s[slot]) if s[0].caller is None else None


def _results(value: Evaluate | None, slots: dict[str, int]) -> Evaluate:
    def names(s: Slots) -> Record:
        return Record("", {name: s[slot] for name, slot in slots.items()})

    if value is None:
        return names
    return (lambda s: Tuple([value(s), names(s)])) if slots else value


__all__ = [
    "Function",
    "FunctionLowering",
    "Unit",
    "constants",
    "entry",
    "example",
    "expression",
    "lower",
    "start_of",
    "stored",
]
