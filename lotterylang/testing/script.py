"""A counterexample as people read it: what was drawn, the replies by effect path, and the `example` that shows it.

Enters: a property and the trial that broke it. Leaves: lines, and program text to paste. Next door: `properties.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from lotterylang.check.program import HolePlan, Program
from lotterylang.run.convert import Mismatch, from_text
from lotterylang.run.effects import ModelEffect
from lotterylang.run.values import Case, Record, ToolCall, Tuple, Value
from lotterylang.syntax import tree
from lotterylang.syntax.printer import print_expression, print_module
from lotterylang.syntax.source import Source, Span
from lotterylang.testing.puppet import Answer, folded, prompt_text
from lotterylang.testing.replies import Scripted

HERE = Span(Source("drawn", ""), 0, 0)

Script = Sequence[tuple[ModelEffect, Scripted]]

LONGEST_PATTERN = 160
"""Characters of a prompt's end that tell it apart, if it is longer than this."""


def lines_of(program: Program, names: Mapping[str, Value], script: Script) -> tuple[str, ...]:
    """Write what was drawn and what was replied, a line each."""
    found = [f"{name} = {print_expression(written(value))}" for name, value in names.items()]
    for effect, scripted in script:
        found.append(f"{effect.path} => {_said(_answer(program, effect, scripted.answer))}")
    return tuple(found)


def example_of(program: Program, node: tree.Property, names: Mapping[str, Value], script: Script) -> str:
    """Write the example that shows a counterexample again."""
    values = {name: written(value) for name, value in names.items()}
    body = [replaced(part, values) for part in node.body if not isinstance(part, tree.NeverFails)]
    own = [part for part in body if isinstance(part, tree.GivenReplies)]
    rest = [part for part in body if not isinstance(part, tree.GivenReplies)]
    drawn = _given(program, script)
    example = tree.Example(HERE, f"{node.name}: counterexample", (*own, *drawn, *rest))
    return print_module(tree.Module(HERE.source, (example,))).rstrip("\n")


def written(value: Value) -> Any:
    """Give the expression that is a value."""
    match value:
        case None | bool():
            return tree.Constant(HERE, value)
        case int() | Fraction():
            return _number(value)
        case str():
            return tree.Text(HERE, (tree.Piece(HERE, value),) if value else ())
        case Case(enum, name):
            return tree.Attribute(HERE, tree.TypeValue(HERE, enum), name)
        case Record(name, fields):
            return tree.Call(HERE, tree.TypeValue(HERE, name or "Reply"), _arguments(fields))
        case ToolCall(tool, arguments):
            return tree.Call(HERE, tree.Name(HERE, tool), _arguments(arguments))
        case dict():
            return tree.Map(HERE, tuple((written(key), written(part)) for key, part in value.items()))
        case Tuple():
            return tree.Tuple(HERE, tuple(map(written, value)))
    return tree.List(HERE, tuple(map(written, value)))


def _arguments(values: Mapping[str, Value]) -> tuple[Any, ...]:
    return tuple(tree.NamedArg(HERE, name, written(value)) for name, value in values.items())


def _number(value: int | Fraction) -> Any:
    if value < 0:
        return tree.Negative(HERE, _number(-value))
    rest = value.denominator
    while rest % 2 == 0 or rest % 5 == 0:
        rest //= 2 if rest % 2 == 0 else 5
    if rest == 1:
        return tree.Number(HERE, value)
    parts = (tree.Number(HERE, value.numerator), (("/", tree.Number(HERE, value.denominator)),))
    return tree.Arithmetic(HERE, *parts)


def replaced(part: Any, values: Mapping[str, Any]) -> Any:
    """Copy a part of a tree with values in the place of the names that a property draws."""
    if isinstance(part, tuple):
        return tuple(replaced(item, values) for item in part)
    if isinstance(part, tree.Name) and part.name in values:
        return values[part.name]
    if not isinstance(part, tree.Node):
        return part
    fields = [replaced(getattr(part, name), values) for name in part.__dataclass_fields__ if name != "span"]
    kind: Any = type(part)
    return kind(part.span, *fields)


def _given(program: Program, script: Script) -> list[tree.GivenReplies]:
    """Give the replies by model: a line a prompt, longer prompts first, several samples of one in turn."""
    found: dict[str, dict[str, list[Any]]] = {}
    for effect, scripted in script:
        prompt = folded(prompt_text(effect.prompt))
        answers = found.setdefault(effect.model, {}).setdefault(prompt, [])
        answers.append(_answer(program, effect, scripted.answer))
    given = []
    for model, prompts in found.items():
        ordered = sorted(prompts, key=len, reverse=True)
        lines = tuple(tree.ReplyLine(HERE, _pattern(p, ordered), tuple(prompts[p])) for p in ordered)
        given.append(tree.GivenReplies(HERE, model, lines))
    return given


def _pattern(prompt: str, prompts: Sequence[str]) -> str | None:
    if len(prompts) == 1 or not prompt:
        return None
    end = prompt[-LONGEST_PATTERN:]
    return end if sum(end in other for other in prompts) == 1 else prompt


def _said(answer: Any) -> str:
    match answer:
        case tree.AnswerFailure(kind=kind):
            return f"fails {kind}"
        case tree.AnswerHoles(values=values):
            return f"({', '.join(f'{name} = {print_expression(value)}' for name, value in values)})"
    at = "" if answer.probability is None else f" at {float(answer.probability)}"
    return f"{print_expression(answer.value)}{at}"


def _answer(program: Program, effect: ModelEffect, answer: Answer) -> Any:
    if answer.failure is not None:
        return tree.AnswerFailure(HERE, answer.failure)
    if answer.holes is not None:
        values = tuple((name, written(_typed(program, name, text))) for name, text in answer.holes.items())
        return tree.AnswerHoles(HERE, values)
    probability = None if answer.probability is None else Fraction(str(answer.probability))
    return tree.AnswerValue(HERE, written(answer.value), probability)


def _typed(program: Program, name: str, text: str) -> Value:
    """Read a hole's text as the value that it is, by the hole of that name."""
    plans: list[HolePlan] = [plan for plan in program.holes.values() if plan.name == name]
    for plan in plans:
        try:
            return from_text(plan.type, text)
        except Mismatch:
            continue
    return text
