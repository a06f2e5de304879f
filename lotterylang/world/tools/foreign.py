"""Tools whose code is not ours, as the host knows them: what a function says of itself, and nothing of its code.

A file or a package is loaded in a worker alone, so that what it does meanwhile sees no secrets, prints nowhere, and
ends. Enters: what stands after `tool … =`. Leaves: a definition whose function stays in the worker. Next door:
`loading.py` loads there, `working.py` answers from there, `opened.py` opens what is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, TypeAdapter

from lotterylang.syntax.diagnostics import LotError, error
from lotterylang.world.tools.definition import Definition, Traits
from lotterylang.world.tools.kinds import Given, Kind
from lotterylang.world.tools.leaves import LEAVES
from lotterylang.world.tools.refusal import Refused, shortened
from lotterylang.world.tools.servers import SERVER
from lotterylang.world.tools.signature import Parameter, Signature
from lotterylang.world.tools.standard import PREFIX
from lotterylang.world.tools.worker import START_S, Worker

Describe = Callable[[str, Path], Definition]
"""Gives the definition of a tool whose code is not ours; paths are counted from the folder."""


def is_foreign(source: str) -> bool:
    """Tell whether a tool is a function of somebody's file or package."""
    return not source.startswith((PREFIX, SERVER))


def described(source: str, folder: Path) -> Definition:
    """Have a process of its own load a tool and say what it is. Errors: as `described_by`."""
    worker = Worker(folder)
    try:
        return described_by(worker, source, folder)
    finally:
        worker.close()


def described_by(worker: Worker, source: str, folder: Path) -> Definition:
    """Have a worker load a tool and say what it is. Errors: LOT-E0605 where it can't be loaded, or not in time."""
    try:
        worker.ready()
        reply = worker.ask({"describes": source, "folder": str(folder)}, time.monotonic() + START_S)
        if "problem" in reply:
            raise error("LOT-E0605", str(reply["problem"]), help=str(reply["help"]))
        return _definition(source, reply)
    except (Refused, KeyError, TypeError) as problem:
        told = problem.message if isinstance(problem, Refused) else "it does not say what it is"
        if isinstance(problem, Refused) and problem.kind == "Timeout":
            told = f"it was not done after {START_S:g} s"
        message = f"`{shortened(source)}` can't be loaded: {told}"
        raise error("LOT-E0605", message, help="run it with Python to see more") from None


def told(load: Callable[[], Definition]) -> dict[str, Any]:
    """Write in the worker what `described_by` reads: what a tool is, or why there is none."""
    try:
        definition = load()
    except LotError as problem:
        first = problem.diagnostics[0]
        return {"problem": first.message, "help": first.help}
    signature = definition.signature
    return {
        "name": signature.name,
        "parameters": [[each.name, each.kind.notation, each.needed] for each in signature.parameters],
        "result": signature.result.notation,
        "leave": None if definition.leave is None else definition.leave.noun,
        "traits": asdict(definition.traits),
        "does": definition.does,
        "keeps": definition.keeps,
    }


def _definition(source: str, reply: dict[str, Any]) -> Definition:
    """Read a definition. What its values are is checked in the worker, which has the types."""
    parameters = tuple(Parameter(name, Kind(kind, Any), needed) for name, kind, needed in reply["parameters"])
    given: dict[str, type[Given]] = {} if reply["leave"] is None else {"leave": LEAVES[reply["leave"]]}
    result = Kind(reply["result"], Any)
    signature = Signature(reply["name"], parameters, result, given, BaseModel, TypeAdapter(Any))
    traits = replace(Traits(**reply["traits"]), here=False)  # whatever it says of itself
    return Definition(source, _nobody, signature, traits, reply["does"], reply["keeps"])


def _nobody(**arguments: Any) -> NoReturn:
    raise AssertionError("what is not ours runs in a worker")
