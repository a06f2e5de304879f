"""Runs the examples of a program, each with a memory of its own and only the replies that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lotterylang.check.program import IndexDeclaration, LogicDeclaration, ModelDeclaration, Program, ToolDeclaration
from lotterylang.run import lower
from lotterylang.run.convert import to_data
from lotterylang.run.effects import Model
from lotterylang.run.lower.expectations import Unmet
from lotterylang.run.runner import Doors, Runner
from lotterylang.run.values import Value
from lotterylang.syntax import tree
from lotterylang.testing.puppet import Answer, Cases, Line, Puppet, Unanswered
from lotterylang.testing.stand_in import CallLine, Derived, StandIn

OUTCOMES = ("Sat", "Unsat", "Unknown")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one example: `problem` is None if it passed; `place` is where it failed, as `file:line:column`."""

    name: str
    problem: str | None = None
    place: str | None = None
    source: str | None = None


def run_examples(program: Program) -> list[Verdict]:
    """Run every example of a program, in order."""
    return [run_example(program, example) for example in program.examples]


def run_example(program: Program, example: tree.Example) -> Verdict:
    """Run one example."""
    stage = _Stage(program, example)
    doors = Doors(stage.open_outside, stage.open_list, stage.open_outside, lambda tool, grant: True)
    runner = Runner(program, stage.open, doors=doors)
    stage.evaluate_with(runner)
    code = lower.example(runner.unit, example)
    try:
        outcome = runner.run(code, memory=stage.memory)
    except Unanswered as problem:
        return Verdict(example.name, str(problem), example.span.place)
    failure = outcome.failure
    if failure is None:
        return Verdict(example.name)
    if isinstance(failure, Unmet):
        return Verdict(example.name, failure.message, failure.node.span.place, failure.node.span.text)
    place = failure.causes[-1][1] if failure.causes else example.span.place
    return Verdict(example.name, f"it failed {failure.kind}: {failure.message}", place)


class _Stage:
    """What an example is given: replies by model or function, and what memory holds."""

    def __init__(self, program: Program, example: tree.Example) -> None:
        self.program = program
        self.replies = [s for s in example.body if isinstance(s, tree.GivenReplies)]
        self.values = [s for s in example.body if isinstance(s, tree.GivenValue)]
        self.memory: Mapping[str, Mapping[Value, Value]] = {}
        self.lines: list[tuple[str, Line]] = []
        self.calls: list[tuple[str, CallLine]] = []

    def evaluate_with(self, runner: Runner) -> None:
        """Compute the values that the example gives; they are constants."""

        def value(node: Any) -> Value:
            return runner.evaluate("given", node)

        memories = [given for given in self.values if given.name in self.program.memories]
        self.memory = {given.name: self._held(given, value(given.value)) for given in memories}
        program = self.program
        outside = {**program.tools, **program.indexes, **program.logics}
        self.calls = [(g.name, self._call(g, value)) for g in self.values if g.name in outside]
        for given in self.replies:
            function = given.name if given.name in self.program.functions else None
            for line in given.replies:
                answers = tuple(self._answer(answer, value) for answer in line.answers)
                self.lines.append((given.name, Line(line.pattern, answers, function)))
                self.calls.append((given.name, CallLine(answers, None, line.pattern, function)))

    def open(self, declaration: ModelDeclaration) -> Model:
        """Give the puppet of a model."""
        functions = self.program.functions
        lines = [line for name, line in self.lines if name == declaration.name or name in functions]
        return Puppet(declaration.name, lines)

    def open_outside(self, declaration: ToolDeclaration | IndexDeclaration | LogicDeclaration) -> StandIn:
        """Give the stand-in of a tool, an index or a logic."""
        return self._stand_in(declaration.name)

    def open_list(self, declaration: IndexDeclaration | None) -> StandIn:
        """Give the stand-in of an index; searches of lists (None) are answered by functions only."""
        return self._stand_in(declaration.name if declaration is not None else "")

    def _stand_in(self, name: str) -> StandIn:
        functions = self.program.functions
        return StandIn(name, [line for given, line in self.calls if given == name or given in functions])

    def _call(self, given: tree.GivenValue, value: Any) -> CallLine:
        """Give the line of `given calc("2 + 2") = 4`, or of `given calc = 4` for any call."""
        answers = (Answer(self._value(given.value, value)),)
        if given.args is None:
            return CallLine(answers)
        called = value(tree.Call(given.span, tree.Name(given.span, given.name), given.args))
        return CallLine(answers, tuple((name, to_data(v)) for name, v in called.arguments.items()))

    def _held(self, given: tree.GivenValue, value: Value) -> Mapping[Value, Value]:
        kind = self.program.memories[given.name].kind
        return {None: value} if kind == "cell" else value

    def _answer(self, answer: Any, value: Any) -> Answer:
        if isinstance(answer, tree.AnswerFailure):
            return Answer(failure=answer.kind)
        if isinstance(answer, tree.AnswerHoles):
            return Answer(holes={name: self._value(node, value) for name, node in answer.values})
        probability = float(answer.probability) if answer.probability is not None else None
        return Answer(self._value(answer.value, value), probability=probability)

    def _value(self, node: Any, value: Any) -> Value:
        """Compute a scripted value; a bare name may be a case of any enum, and `Sat(…)` is an outcome of DEDUCE."""
        if isinstance(node, tree.Call) and isinstance(node.function, tree.TypeValue) and node.function.name in OUTCOMES:
            named = (arg for arg in node.args if isinstance(arg, tree.NamedArg))
            return Derived(node.function.name, tuple((arg.name, value(arg.value)) for arg in named))
        if isinstance(node, tree.Name) and node.name not in self.program.constants:
            enums = self.program.enums.values()
            spellings = tuple(text for enum in enums for name, text in enum.cases if name == node.name)
            if spellings:
                return Cases(spellings)
            if node.name in ("yes", "no"):
                return node.name == "yes"
        return value(node)
