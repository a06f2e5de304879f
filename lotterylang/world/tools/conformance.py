"""The conformance suite of tools: what every one of them keeps, the library's and anyone's, a server's too.

A tool describes itself; a good call gives what it says, alone and beside others; a bad argument is refused with a typed
failure; a call that is cancelled ends, and the next one works; and every call ends within its limit. Enters: an opened
tool, or whoever else answers calls, and one good call. Leaves: what is wrong, or nothing. Next door: `door.py`, through
which all that is opened goes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lotterylang.run.effects import Call, Called, Data, Failed, Reply, Tool
from lotterylang.world.tools.definition import Definition
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.loading import load
from lotterylang.world.tools.opened import Opened
from lotterylang.world.tools.refusal import KINDS

SPARE_S = 1.0
"""How much later than its limit a call may end."""

BESIDE = 3
"""Calls that are made at once."""

Arguments = tuple[tuple[str, Data], ...]


@dataclass(frozen=True, slots=True)
class Promised:
    """What a tool says of itself: a call that it answers, calls that it refuses, the schema of what it gives.

    Units: `limit_s` seconds, within which every call ends.
    """

    good: Arguments
    bad: Sequence[Arguments]
    gives: Any
    limit_s: float


def faults(opened: Opened, good: Arguments, spare_s: float = SPARE_S) -> list[str]:
    """Put a tool through the suite; `good` are the arguments of a call that it answers. Leaves: each fault in words.

    Units: `spare_s` seconds, how much later than its limit a call may end.
    """
    definition = load(opened.definition.source, opened.folder)  # its types are needed, and whoever runs this wrote it
    bad = list(_bad_by_name(good) if definition.signature.takes_any else _bad(definition, good))
    tools = Tools({}, opened.folder, pauses_s=())
    limit_s = opened.definition.traits.limit_s + spare_s
    promised = Promised(good, bad, definition.signature.result.schema, limit_s)
    return [*_told(definition), *faults_of(tools.tool("tool", opened), promised)]


def faults_of(tool: Tool, promised: Promised) -> list[str]:
    """Put whoever answers calls through the suite, and close it. Leaves: each fault in words."""
    try:
        return list(_called(tool, promised))
    finally:
        tool.close()


def _told(definition: Definition) -> Iterator[str]:
    if not definition.does.endswith("."):
        yield "it does not say in one sentence what it does"
    for parameter in definition.signature.parameters:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", parameter.name):
            yield f"no program can name its parameter `{parameter.name}`"
    if not 0 < definition.traits.limit_s < math.inf:
        yield "it has no limit of time"


def _called(tool: Tool, promised: Promised) -> Iterator[str]:
    if not tool.identity:
        yield "it has no identity for the journal"
    yield from _answers(tool, promised, 1)
    for bad in promised.bad:
        reply = _reply(tool.submit([_call(bad)])[0], promised.limit_s)
        if not (isinstance(reply, Failed) and reply.kind in KINDS and reply.message):
            yield f"it takes {bad}, and gives {reply}"
    tool.submit([_call(promised.good)])[0].cancel()
    yield from _answers(tool, promised, BESIDE)


def _call(arguments: Arguments) -> Call:
    return Call("answer/call", "tool", arguments)


def _answers(tool: Tool, promised: Promised, count: int) -> Iterator[str]:
    for future in tool.submit([_call(promised.good)] * count):
        reply = _reply(future, promised.limit_s)
        if not isinstance(reply, Called):
            yield f"it gives no result: {reply}"
        elif not _fits(promised.gives, reply.value):
            yield f"{reply.value!r} is not what it says that it gives"


def _reply(future: Future[Reply], limit_s: float) -> Reply | str:
    try:
        return future.result(timeout=limit_s)
    except LateError:
        future.cancel()
        return "it does not end within its limit"
    except Exception as problem:
        return f"{type(problem).__name__} is no typed failure"


STRANGE: tuple[Any, ...] = ({"of": ["no", {"type": None}]}, [[[{}]]], None, True, "text", 1)
"""Values that few arguments may be."""


def _bad_by_name(good: Arguments) -> Iterator[Arguments]:
    """Yield calls that no tool takes which needs these arguments: one too few, and values that are of no plain type."""
    for place, (name, _) in enumerate(good):
        yield good[:place] + good[place + 1 :]
        for data in STRANGE[:3]:
            yield (*good[:place], (name, data), *good[place + 1 :])


def _bad(definition: Definition, good: Arguments) -> Iterator[Arguments]:
    """Yield calls that no tool of these types takes: too many arguments, too few, and of another type."""
    yield (*good, ("of_no_tool", 1))
    parameters = {parameter.name: parameter for parameter in definition.signature.parameters}
    for place, (name, _) in enumerate(good):
        if parameters[name].needed:
            yield good[:place] + good[place + 1 :]
        for data in STRANGE:
            if not _fits(parameters[name].kind.schema, data):
                yield (*good[:place], (name, data), *good[place + 1 :])


def _fits(schema: Any, data: Data) -> bool:
    try:
        TypeAdapter(schema).validate_python(data)
    except ValidationError:
        return False
    return True
