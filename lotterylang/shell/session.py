"""A run from outside: a program, what to call and with what, models to open, a journal to keep.

Next door: `cli.py` and `library.py` are the two ways in; `programs.py` found the program.
"""

from __future__ import annotations

import atexit
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lotterylang.check import check_expression
from lotterylang.check.program import ModelDeclaration, Program
from lotterylang.home import home
from lotterylang.run import lower
from lotterylang.run.cells import File
from lotterylang.run.convert import canonical
from lotterylang.run.effects import Measures, Model
from lotterylang.run.exact import memory_data
from lotterylang.run.journal import Journal
from lotterylang.run.keeping import Keeping
from lotterylang.run.machine import Code
from lotterylang.run.memory import Memory
from lotterylang.run.runner import OpenModel, Outcome, Runner, Settings
from lotterylang.run.values import Failure, Value
from lotterylang.shell.allowed import allowed
from lotterylang.shell.arguments import Given
from lotterylang.shell.outside import Outside
from lotterylang.shell.screen import ASKING
from lotterylang.syntax import parser
from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.model.progress import Progress

KEPT_RUNS = 100
"""Journals of earlier runs that are kept."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to run: a function by name, or an expression's source; `model` answers instead of all declared ones."""

    program: Program
    function: str | None = None
    expression: str | None = None
    given: Given = field(default_factory=lambda: Given({}, {}))
    model: str | None = None
    seed: int | None = None
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that ended. Units: `seconds` of wall time, models opened included.

    `counts` are how the models went about it (`Measures`).
    """

    program: Program
    outcome: Outcome
    journal: Journal
    path: Path | None
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)


def execute(request: Request, progress: Progress, overhear: Callable[[OpenModel], OpenModel] | None = None) -> Finished:
    """Run a request to its end. `overhear` may stand between the run and its models."""
    program, node = prepared(request)
    open_model = opener(request, progress)
    settings = Settings(seed=request.seed, tell=lambda done, due: progress(ASKING, done, due))
    allows = allowed(request.allow)
    allows.see_known(program.tools.values())
    outside = Outside(allows)
    doors = outside.doors(program, progress)
    runner = Runner(program, overhear(open_model) if overhear else open_model, settings, doors)
    code, args = called(runner, request, node)
    with closing(outside), closing(Keeping(runner.unit, open_file)) as keeping:
        memory = _started(runner, request.given, keeping)
        path, file = journal_file()
        journal = Journal(_header(request, program, code, args, memory), file)
        start, before = time.monotonic(), _counts()
        try:
            held = request.given.memory if memory is None else memory
            outcome = runner.run(code, args, held, journal, keeping.commit)
        finally:
            if file is not None:
                file.close()
    return Finished(program, outcome, journal, path, time.monotonic() - start, _counts_since(before))


def _counts() -> Counter[str]:
    """Add up what the open models have counted."""
    found: Counter[str] = Counter()
    for model in _opened.values():
        if isinstance(model, Measures):
            found.update(model.counts)
    return found


def _counts_since(before: Counter[str]) -> dict[str, int]:
    return {name: count - before[name] * (name != "most_rows") for name, count in _counts().items()}


def _started(runner: Runner, given: Given, keeping: Keeping) -> Memory | None:
    """Give the memory that a run starts with; None where a store is given what it does not take: the run says so."""
    try:
        memory = runner.initial(given.memory)
    except Failure:
        return None
    keeping.read(memory)
    return memory


_opened: dict[tuple[str, int], Model] = {}
"""The models that this process holds open: the next run finds them warm."""


def opener(request: Request, progress: Progress) -> OpenModel:
    """Give the function that opens a program's models: those it declares, or the one of the request for all."""

    def open_declared(declaration: ModelDeclaration) -> Model:
        from lotterylang.world.model.open import open_model  # onnxruntime is heavy: only a run that asks pays for it

        spec = request.model or declaration.spec
        seed = request.seed if request.seed is not None else declaration.seed
        if (spec, seed) not in _opened:
            _opened[spec, seed] = open_model(spec, seed=seed, progress=progress)
        return _opened[spec, seed]

    return open_declared


def open_file(path: str) -> File:
    """Open the file that keeps a memory; it is read and made only when it is needed."""
    from lotterylang.world.memory.file import MemoryFile  # SQLite: only a run that keeps something pays for it

    return MemoryFile(path)


@atexit.register
def close() -> None:
    """Close the models that this process holds open."""
    while _opened:
        _opened.popitem()[1].close()


def runs_folder() -> Path:
    """Give the folder of the journals."""
    return home() / "runs"


def prepared(request: Request) -> tuple[Program, Any]:
    """Give the program with what is known of the request's expression, and that expression."""
    if request.expression is None:
        return request.program, None
    source = parser.source_of("<expression>", request.expression)
    checked = check_expression(request.program, source, {})
    return checked.program, checked.node


def called(runner: Runner, request: Request, node: Any) -> tuple[Code, tuple[Value, ...]]:
    """Give what a request calls, and the arguments in order. Errors: LOT-E0616 for one that is lacking."""
    if node is not None:
        return lower.expression(runner.unit, "expression", node, performs=True), ()
    name, arguments = request.function or "", request.given.arguments
    for param in runner.program.functions[name].node.params:
        if param.name not in arguments and param.default is None:
            message = f"the parameter `{param.name}` of `{name}` has no value"
            raise error("LOT-E0616", message, help=f"give it as `{param.name}=…`")
    return runner.unit.codes[name], runner.arguments(name, arguments)


def _header(
    request: Request, program: Program, code: Code, args: tuple[Value, ...], memory: Memory | None
) -> dict[str, Any]:
    """Give all that a replay needs beside the replies: the program, what was called, and what the memory held."""
    shown = [arg.code.name if isinstance(arg, lower.Function) else canonical(arg) for arg in args]
    models = {name: request.model or declared.spec for name, declared in program.models.items()}
    return {
        "program": program.source.name,
        "program_hash": program.hash,
        "call": request.expression or code.name,
        "arguments": shown,
        "models": models,
        "without": sorted(program.without),
        "file": _file(program),
        "expression": request.expression,
        "given": sorted({*request.given.arguments, *request.given.memory}),
        "seed": request.seed,
        "memory": None if memory is None else memory_data(memory),
    }


def _file(program: Program) -> str | None:
    """Name the file of a program, wherever the replay is called; None for a text."""
    path = Path(program.source.name)
    return str(path.resolve()) if path.is_file() else None


def journal_file() -> tuple[Path | None, Any]:
    """Open a journal in the runs folder; a run goes on without one where none can be written."""
    with suppress(OSError, LotError):
        folder = runs_folder()
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.glob("*.jsonl"))[: -KEPT_RUNS + 1]:
            old.unlink(missing_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{os.getpid()}.jsonl"
        return path, path.open("w", encoding="utf-8")
    return None, None
