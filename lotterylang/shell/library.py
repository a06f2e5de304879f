"""`import lotterylang as lot`: the same engine as the command line, from Python.

Values cross as plain Python data: text as `str`, numbers as `int` or `Fraction`, lists as `list`, records as `dict`, a
case as its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from lotterylang.check import check
from lotterylang.check.program import Program as CheckedProgram
from lotterylang.check.types import Resource
from lotterylang.run.convert import Mismatch, from_json, normal, to_json
from lotterylang.run.values import Case, Record, ToolCall, Value
from lotterylang.shell import session, why
from lotterylang.shell.arguments import Given, held, named, of_one_run
from lotterylang.shell.programs import entry
from lotterylang.shell.without import abilities
from lotterylang.syntax import parser
from lotterylang.syntax.diagnostics import error


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run gave: its value, the run's hash, and the file of its journal (None where none could be written)."""

    value: Any
    hash: str
    journal: Path | None

    def why(self) -> str:
        """Tell the reasons, as `lot why` does. Errors: LOT-E0619 without a journal."""
        return "\n".join(why.as_lines(why.load(self.journal)))


@dataclass(frozen=True, slots=True)
class Program:
    """A checked program. `checked` is what the rooms inside know of it."""

    checked: CheckedProgram

    def run(
        self,
        function: str | None = None,
        *,
        model: str | None = None,
        seed: int | None = None,
        allow: Sequence[str] = (),
        memory: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Answer:
        """Run a function (`main` or `run` if none is named); `model` answers instead of the declared ones;
        `allow` lets tools act on the world, as `write_file` or `write_file("out/")`; `memory` is what stores hold.

        Errors: LotError for a bad argument, and LOT-E0620 for a run that ends in a failure of the language.
        """
        name = entry(self.checked, function)
        given = Given(_arguments(self.checked, name, arguments), _memory(self.checked, memory or {}))
        request = session.Request(self.checked, name, given=given, model=model, seed=seed, allow=tuple(allow))
        finished = session.execute(request, _silent)
        failure = finished.outcome.failure
        if failure is not None:
            raise error(
                "LOT-E0620", f"`{name}` failed {failure.kind}: {failure.message}", help="see docs/spec/failures.md"
            )
        return Answer(plain(finished.outcome.value), finished.outcome.hash, finished.path)


def load(path: str | Path, *, without: Sequence[str] = ()) -> Program:
    """Check the program of a file; its runs may do `without=["memory", "tools"]`.

    Errors: LotError with everything that is wrong.
    """
    return Program(check(parser.read(path), abilities(without)))


def loads(text: str, name: str = "<text>", *, without: Sequence[str] = ()) -> Program:
    """Check the program of a text, as `load` does. Errors: LotError with everything that is wrong."""
    return Program(check(parser.source_of(name, text), abilities(without)))


def plain(value: Value) -> Any:
    """Give a value as plain Python data: a call of a tool is its arguments by name, and `tool`."""
    if isinstance(value, ToolCall):
        return {"tool": value.tool} | {name: plain(argument) for name, argument in value.arguments.items()}
    if isinstance(value, Record):
        return {name: plain(field) for name, field in value.fields.items()}
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.name if isinstance(value, Case) else value


def _arguments(program: CheckedProgram, function: str, arguments: Mapping[str, Any]) -> dict[str, Value]:
    params = dict(program.functions[function].params)
    found = {}
    for name, value in arguments.items():
        if name not in params:
            raise error("LOT-E0614", f"`{function}` has no parameter `{name}`", help=f"it has {', '.join(params)}")
        try:
            kind = params[name]
            if isinstance(kind, Resource):
                found[name] = named(name, kind, program, value)
            else:
                found[name] = from_json(kind, _data(value))
        except Mismatch as problem:
            raise error("LOT-E0613", f"argument `{name}`: {problem}", help=f"it is of type `{params[name]}`") from None
    return found


def _memory(program: CheckedProgram, given: Mapping[str, Any]) -> dict[str, Mapping[Value, Value]]:
    """Give what stores hold at the start. Errors: LOT-E0613, LOT-E0614, LOT-E0643."""
    found = {}
    for name, value in given.items():
        if name not in program.memories:
            known = ", ".join(f"`{each}`" for each in program.memories) or "none"
            raise error("LOT-E0614", f"there is no memory `{name}`", help=f"the program declares {known}")
        declaration = of_one_run(program.memories[name])
        try:
            found[name] = held(declaration, _data(value))
        except Mismatch as problem:
            raise error("LOT-E0613", f"memory `{name}`: {problem}", help=f"it is of `{declaration.value}`") from None
    return found


def _data(value: Any) -> Any:
    """Give Python data as `from_json` takes it."""
    match value:
        case str():
            return normal(value)
        case None | bool() | int() | Fraction():
            return value
        case float():
            return Fraction(str(value))
        case list() | tuple():
            return [_data(item) for item in value]
        case dict():
            return {str(key): _data(item) for key, item in value.items()}
    return to_json(value)


def _silent(stage: str, done: int, total: int) -> None:
    """Show nothing."""
