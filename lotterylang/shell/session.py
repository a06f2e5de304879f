"""A run from the command line: load, check, open models, run, keep the journal. Next door: `cli.py` has the commands."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lotterylang.check import check, check_expression
from lotterylang.check.program import ModelDeclaration, Program
from lotterylang.home import home
from lotterylang.run import lower
from lotterylang.run.convert import canonical
from lotterylang.run.effects import Model
from lotterylang.run.journal import Journal
from lotterylang.run.machine import Code
from lotterylang.run.runner import OpenModel, Outcome, Runner, Settings
from lotterylang.run.values import Value
from lotterylang.shell.arguments import given, positional
from lotterylang.syntax import parser
from lotterylang.syntax.diagnostics import error

ENTRIES = ("main", "run")
"""The functions that `lot run FILE` looks for when it is told none."""

KEPT_RUNS = 100
"""Journals of earlier runs that are kept."""

Progress = Callable[[str, int, int], None]
"""Told of a stage, how much of it is done, and of how much; units are bytes or tensors, by stage."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to run, as the command line says it."""

    target: str
    words: Sequence[str] = ()
    code: str | None = None
    model: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that ended."""

    program: Program
    outcome: Outcome
    journal: Journal
    path: Path | None
    seconds: float


def load(target: str) -> tuple[Program, str | None]:
    """Check the program of `FILE` or `FILE:FN`. Errors: everything that the checker finds."""
    name, _, function = target.rpartition(":")
    if not name or not function.isidentifier():
        name, function = target, ""
    return check(parser.read(name)), function or None


def execute(request: Request, progress: Progress, overhear: Callable[[OpenModel], OpenModel] | None = None) -> Finished:
    """Run a request to its end. `overhear` may stand between the run and its models."""
    program, function = load(request.target)
    open_model = opener(request, progress)
    runner = Runner(program, overhear(open_model) if overhear else open_model, Settings(seed=request.seed))
    code, args, memory = _call(runner, request, function)
    path, file = _journal_file()
    arguments = [canonical(arg) if not isinstance(arg, lower.Function) else arg.code.name for arg in args]
    header = {
        "program": program.source.name,
        "program_hash": program.hash,
        "call": code.name,
        "arguments": arguments,
        "models": {name: request.model or declared.spec for name, declared in program.models.items()},
    }
    journal = Journal(header, file)
    start = time.monotonic()
    try:
        outcome = runner.run(code, args, memory, journal)
    finally:
        if file is not None:
            file.close()
    return Finished(program, outcome, journal, path, time.monotonic() - start)


def opener(request: Request, progress: Progress) -> OpenModel:
    """Give the function that opens a program's models: those it declares, or the one of `--model` for all."""
    opened: dict[str, Model] = {}

    def open_declared(declaration: ModelDeclaration) -> Model:
        from lotterylang.world.model.open import open_model  # onnxruntime is heavy: only a run that asks pays for it

        spec = request.model or declaration.spec
        if spec not in opened:
            seed = request.seed if request.seed is not None else declaration.seed
            opened[spec] = open_model(spec, seed=seed, progress=progress)
        return opened[spec]

    return open_declared


def entry(program: Program, function: str | None) -> str:
    """Name the function to run. Errors: LOT-E0615 where it is not there or none is meant."""
    known = ", ".join(f"`{name}`" for name in program.functions)
    if function is not None:
        if function not in program.functions:
            raise error("LOT-E0615", f"the program has no function `{function}`", help=f"it has {known or 'none'}")
        return function
    for name in ENTRIES:
        if name in program.functions:
            return name
    if len(program.functions) == 1:
        return next(iter(program.functions))
    message = "the program has no function `main` or `run`"
    raise error("LOT-E0615", message, help=f"name one: `FILE:FUNCTION`, of {known}" if known else "write one")


def _call(runner: Runner, request: Request, function: str | None) -> tuple[Code, tuple[Value, ...], Any]:
    program, unit = runner.program, runner.unit
    if request.code is not None:
        checked = check_expression(program, parser.source_of("<argument>", request.code))
        stage = given(program, None, request.words)
        unit.accept(checked)
        return lower.expression(unit, "expression", checked.node, performs=True), (), stage.memory
    name = entry(program, function)
    signature = program.functions[name]
    stage = given(program, signature, request.words)
    missing = positional(name, signature, stage.arguments)
    if missing:
        hint = f"give it as `{missing[0]}=…`"
        raise error("LOT-E0616", f"the parameter `{missing[0]}` of `{name}` has no value", help=hint)
    return unit.codes[name], runner.arguments(name, stage.arguments), stage.memory


def runs_folder() -> Path:
    """Give the folder of the journals."""
    return home() / "runs"


def _journal_file() -> tuple[Path | None, Any]:
    """Open a journal in the runs folder; a run goes on without one where none can be written."""
    with suppress(OSError):
        folder = runs_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob("*.jsonl"))[: -KEPT_RUNS + 1]:
            old.unlink(missing_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{os.getpid()}.jsonl"
        return path, path.open("w", encoding="utf-8")
    return None, None
