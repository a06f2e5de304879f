"""`lot replay`: runs a journal again by itself: the program, its arguments and memory, and the replies recorded.

No model, tool or file is asked. Enters: a journal. Leaves: whether answer, memory and hash are what they were. Next
door: `session.py` writes the header that this reads; `trace.py` watches a replay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lotterylang.check import check
from lotterylang.check.program import ModelDeclaration, Program
from lotterylang.check.types import Function, Resource
from lotterylang.run import journal as journals
from lotterylang.run.convert import Mismatch, canonical
from lotterylang.run.effects import Counts, Model, ModelEffect, Reply
from lotterylang.run.exact import exact, memory_hash, store_of
from lotterylang.run.fitting import words_and_signs
from lotterylang.run.journal import Journal
from lotterylang.run.memory import Memory
from lotterylang.run.runner import Outcome, Runner, Settings
from lotterylang.run.stepping import Watch
from lotterylang.run.values import Value
from lotterylang.shell import session
from lotterylang.shell.arguments import Given
from lotterylang.shell.why import Story, load
from lotterylang.syntax import parser
from lotterylang.syntax.diagnostics import LotError, error


@dataclass(frozen=True, slots=True)
class Replayed:
    """A run and its replay: by what was compared, whether it is the same (nothing of a run that did not end)."""

    story: Story
    program: Program
    outcome: Outcome
    same: Mapping[str, bool]


def replayed(
    path: Path | None,
    watch: Watch | None = None,
    watched: Callable[[Memory], Memory] = lambda memory: memory,
    journal: Journal | None = None,
) -> Replayed:
    """Run a journal again, that of the last run if none is named; write it down in another one, if one is given.

    Errors: those of reading it, LOT-E0644 for a program that has changed, LOT-E0645 for a run that can't be replayed,
    LOT-E0604 where the journal has no reply to what the program asks.
    """
    story = load(path)
    header = story.header
    program = _program(story)
    prepared, node = session.prepared(session.Request(program, expression=header["expression"]))
    recorded = journals.replies_of(story.records)
    settings = Settings(seed=header["seed"], recorded=recorded, asks_nobody=True, watch=watch)
    runner = Runner(prepared, lambda declaration: _Silent(declaration, header["models"]), settings)
    try:
        arguments = {} if node is not None else _arguments(runner, header["call"], header["arguments"])
        memory = _memory(prepared, header["memory"])
    except (Mismatch, KeyError, TypeError, ValueError):
        raise _unusable(story, "its arguments and memory can't be read") from None
    request = session.Request(prepared, header["call"], header["expression"], Given(arguments, {}))
    code, args = session.called(runner, request, node)
    outcome = runner.run(code, args, watched(memory), journal)
    return Replayed(story, prepared, outcome, _compared(story.end, outcome))


def as_lines(found: Replayed) -> Sequence[str]:
    """Write what came of a replay."""
    head = f"{found.story.file.name}: {len(found.story.records)} replies fed back, nobody asked"
    if not found.same:
        return [head, "the run did not end, so there is nothing to compare"]
    return [head, *(f"{name:<8}{'the same' if same else 'another'}" for name, same in found.same.items())]


def as_json(found: Replayed) -> dict[str, Any]:
    """Give what came of a replay as JSON data."""
    return {"journal": str(found.story.file), "replies": len(found.story.records), "same": dict(found.same)}


def _program(story: Story) -> Program:
    header = story.header
    file = header.get("file")
    if file is None or "memory" not in header:
        raise _unusable(story, "it is of the REPL, of a text in Python, or of an older version")
    if header["memory"] is None:
        raise _unusable(story, "it never began, since a memory was given what it does not take")
    try:
        source = parser.read(file)
    except LotError as problem:
        raise _unusable(story, problem.diagnostics[0].message) from None
    if Path(header["program"]).resolve() == Path(file):
        source = replace(source, name=header["program"])
    program = check(source, frozenset(header["without"]))
    if program.hash != header["program_hash"]:
        message = f"the program `{header['program']}` has changed since this run"
        raise error("LOT-E0644", message, help="go back to what it was, or run it afresh")
    return program


def _unusable(story: Story, why: str) -> LotError:
    return error("LOT-E0645", f"the run of `{story.file}` can't be replayed: {why}", help="run the program afresh")


def _arguments(runner: Runner, name: str, data: Sequence[Any]) -> dict[str, Value]:
    """Read the arguments of the call; a function among them is the parameter's default."""
    found: dict[str, Value] = {}
    for (param, kind), each in zip(runner.program.functions[name].params, data, strict=True):
        if not isinstance(kind, Function):
            found[param] = each if isinstance(kind, Resource) else exact(kind, each)
    return found


def _memory(program: Program, data: Mapping[str, Any]) -> Memory:
    memory = Memory()
    for name, declaration in program.memories.items():
        memory[name] = store_of(declaration, data[name])
    return memory


def _compared(end: Mapping[str, Any] | None, outcome: Outcome) -> dict[str, bool]:
    if end is None:
        return {}
    failure, then = outcome.failure, end["end"]
    answer = {"failure": failure.kind} if failure is not None else {"value": canonical(outcome.value)}
    was = {name: then[name] for name in ("failure", "value") if name in then}
    return {
        "answer": json.loads(json.dumps(answer)) == was,
        "memory": memory_hash(outcome.memory) == then.get("memory"),
        "hash": outcome.hash == end["hash"],
    }


class _Silent:
    """A model that is not asked; `fit` counts by the one that was there."""

    def __init__(self, declaration: ModelDeclaration, specs: Mapping[str, str]) -> None:
        self._declaration = replace(declaration, spec=specs.get(declaration.name, declaration.spec))
        self._model: Model | None = None
        self.name = self.identity = "a replay"

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text as the model of the run did."""
        if self._model is None:
            request = session.Request(check(parser.source_of("no program", "")))
            self._model = session.opener(request, lambda stage, done, total: None)(self._declaration)
        return self._model.count_tokens(text) if isinstance(self._model, Counts) else words_and_signs(text)

    def submit(self, effects: Sequence[ModelEffect]) -> list[Future[Reply]]:
        """Answer nothing: a replay asks nobody."""
        raise AssertionError("a replay asks nobody")

    def close(self) -> None:
        """Release nothing: the process holds the model."""
