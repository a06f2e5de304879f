"""Runs the examples of a program, each with a memory of its own and only the replies that it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lotterylang.check.program import IndexDeclaration, LogicDeclaration, ModelDeclaration, Program, ToolDeclaration
from lotterylang.run import lower
from lotterylang.run.convert import to_data
from lotterylang.run.doors import Doors
from lotterylang.run.lower.expectations import Unmet
from lotterylang.run.lower.unit import Given
from lotterylang.run.runner import Runner, Settings
from lotterylang.run.values import Failure, Value
from lotterylang.syntax import tree
from lotterylang.testing.puppet import Answer, Cases, Line, Puppet, Unanswered
from lotterylang.testing.stand_in import CallLine, Derived, StandIn

OUTCOMES = ("Sat", "Unsat", "Unknown")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one test: `problem` is None if it passed; `place` is where it failed, as `file:line:column`.

    Of a property also how much was `tried`, the counterexample in lines, how many `replies` it needs, and the same as
    an `example` to be pasted.
    """

    name: str
    problem: str | None = None
    place: str | None = None
    source: str | None = None
    tried: str | None = None
    counterexample: tuple[str, ...] = ()
    replies: int = 0
    example: str | None = None

    def told(self) -> list[str]:
        """Tell of a test that failed where, why and, of a property, for what."""
        lines = [line for line in (self.place, self.source, self.problem) if line]
        lines += [f"with    {line}" for line in self.counterexample]
        return [*lines, "", *self.example.split("\n")] if self.example else lines


def run_examples(program: Program) -> list[Verdict]:
    """Run every example of a program, in order."""
    return [run_example(program, example) for example in program.examples]


def run_example(program: Program, example: tree.Example) -> Verdict:
    """Run one example."""
    runner: Runner
    stage = Stage(program, example.body, lambda node: runner.evaluate("given", node))
    doors = Doors(stage.open_outside, stage.open_list, stage.open_outside, lambda tool, grant: True)
    settings = Settings(given=functions_given(program, example))
    runner = Runner(program, stage.puppet, settings, doors)
    runner.unit.heard = []
    stage.set()
    runner.unit.given = stage.given
    code = lower.example(runner.unit, example)
    try:
        outcome = runner.run(code, memory=stage.memory)
    except Unanswered as problem:
        return Verdict(example.name, str(problem), example.span.place)
    idle = stage.idle() if outcome.failure is None else None
    return judged(example, outcome.failure) if idle is None else replace(idle, name=example.name)


def functions_given(program: Program, test: tree.Example | tree.Property) -> frozenset[str]:
    """Name the functions that a test gives values for."""
    named = {part.name for part in test.body if isinstance(part, tree.GivenValue)}
    return frozenset(named & program.functions.keys())


def judged(test: tree.Example | tree.Property, failure: Failure | None) -> Verdict:
    """Say what became of a test whose run has ended."""
    if failure is None:
        return Verdict(test.name)
    if isinstance(failure, Unmet):
        return Verdict(test.name, failure.message, failure.node.span.place, failure.node.span.text)
    place = failure.passed[-1][1] if failure.passed else test.span.place
    return Verdict(test.name, f"it failed {failure.kind}: {failure.message}", place)


class Stage:
    """What a test is given: replies by model or function, and what memory holds. `value` computes an expression."""

    def __init__(self, program: Program, body: tuple[Any, ...], value: Callable[[Any], Value]) -> None:
        self.program = program
        self.value = value
        self.replies = [s for s in body if isinstance(s, tree.GivenReplies)]
        self.values = [s for s in body if isinstance(s, tree.GivenValue)]
        self.memory: Mapping[str, Mapping[Value, Value]] = {}
        self.given: dict[str, list[Given]] = {}
        self._lines: list[tuple[str, Line]] = []
        self._calls: list[tuple[str, CallLine]] = []
        self._opened: list[Puppet | StandIn] = []

    def set(self) -> None:
        """Compute the values that the test gives."""
        program = self.program
        memories = [given for given in self.values if given.name in program.memories]
        self.memory = {given.name: self._held(given, self.value(given.value)) for given in memories}
        for each in self.values:
            if each.name in program.functions:
                self.given.setdefault(each.name, []).append((self._arguments(each), self.value(each.value)))
        outside = {**program.tools, **program.indexes, **program.logics}
        self._calls = [(given.name, self._call(given)) for given in self.values if given.name in outside]
        for given in self.replies:
            function = given.name if given.name in program.functions else None
            for line in given.replies:
                answers = tuple(self._answer(answer) for answer in line.answers)
                place = line.span.start
                self._lines.append((given.name, Line(line.pattern, answers, function, place)))
                self._calls.append((given.name, CallLine(answers, None, line.pattern, function, place)))

    def lines(self, declaration: ModelDeclaration) -> list[Line]:
        """Give the script of a model."""
        functions = self.program.functions
        return [line for name, line in self._lines if name == declaration.name or name in functions]

    def open_outside(self, declaration: ToolDeclaration | IndexDeclaration | LogicDeclaration) -> StandIn:
        """Give the stand-in of a tool, an index or a logic."""
        return self.stand_in(declaration.name)

    def open_list(self, declaration: IndexDeclaration | None) -> StandIn:
        """Give the stand-in of an index; searches of lists (None) are answered by functions only."""
        return self.stand_in(declaration.name if declaration is not None else "")

    def stand_in(self, name: str) -> StandIn:
        """Give the stand-in of that name."""
        functions, logic = self.program.functions, self.program.logics.get(name)
        lines = [line for given, line in self._calls if given == name or given in functions]
        found = StandIn(name, lines, tells_rules=logic is not None and logic.program is not None)
        self._opened.append(found)
        return found

    def puppet(self, declaration: ModelDeclaration) -> Puppet:
        """Give the stand-in of a model."""
        found = Puppet(declaration.name, self.lines(declaration))
        self._opened.append(found)
        return found

    def idle(self) -> Verdict | None:
        """Say which line of the script, but for `_`, answered nothing."""
        used = {place for opened in self._opened for place in opened.used}
        for given in self.replies:
            for line in given.replies:
                if line.pattern is not None and line.span.start not in used:
                    problem = "this line answered nothing: no question holds its text, or a line before it answered"
                    return Verdict("", problem, line.span.place, line.span.text)
        return None

    def _call(self, given: tree.GivenValue) -> CallLine:
        """Give the line of `given calc("2 + 2") = 4`, or of `given calc = 4` for any call."""
        answers = (Answer(self._value(given.value)),)
        if given.args is None:
            return CallLine(answers)
        called = self.value(tree.Call(given.span, tree.Name(given.span, given.name), given.args))
        return CallLine(answers, tuple((name, to_data(v)) for name, v in called.arguments.items()))

    def _arguments(self, given: tree.GivenValue) -> tuple[Value, ...] | None:
        """Give the arguments of `given f(1, size = 2) = …` in the order of the parameters; None for any."""
        if given.args is None:
            return None
        params = self.program.functions[given.name].node.params
        named = {param.name: param.default for param in params}
        plain = [arg for arg in given.args if not isinstance(arg, tree.NamedArg)]
        named.update({param.name: arg for param, arg in zip(params, plain, strict=False)})  # type: ignore[misc]
        named.update({arg.name: arg.value for arg in given.args if isinstance(arg, tree.NamedArg)})  # type: ignore[misc]
        return tuple(self.value(named[param.name]) for param in params)

    def _held(self, given: tree.GivenValue, value: Value) -> Mapping[Value, Value]:
        kind = self.program.memories[given.name].kind
        return {None: value} if kind == "cell" else value

    def _answer(self, answer: Any) -> Answer:
        if isinstance(answer, tree.AnswerFailure):
            return Answer(failure=answer.kind)
        if isinstance(answer, tree.AnswerHoles):
            return Answer(holes={name: self._value(node) for name, node in answer.values})
        probability = float(answer.probability) if answer.probability is not None else None
        return Answer(self._value(answer.value), probability=probability)

    def _value(self, node: Any) -> Value:
        """Compute a scripted value; a bare name may be a case of any enum, and `Sat(…)` is an outcome of DEDUCE."""
        if isinstance(node, tree.Call) and isinstance(node.function, tree.TypeValue) and node.function.name in OUTCOMES:
            named = (arg for arg in node.args if isinstance(arg, tree.NamedArg))
            return Derived(node.function.name, tuple((arg.name, self.value(arg.value)) for arg in named))
        if isinstance(node, tree.Name) and node.name not in self.program.constants:
            enums = self.program.enums.values()
            spellings = tuple(text for enum in enums for name, text in enum.cases if name == node.name)
            if spellings:
                return Cases(spellings)
            if node.name in ("yes", "no"):
                return node.name == "yes"
        return self.value(node)
