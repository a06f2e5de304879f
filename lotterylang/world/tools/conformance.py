"""The conformance suite of tools: what every one of them keeps, the library's and anyone's.

A tool describes itself; a good call gives what it says; a bad argument is refused with a typed failure; and every call
ends within its limit. Enters: an opened tool and one good call. Leaves: what is wrong, or nothing. Next door:
`door.py`, through which all of it goes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from concurrent.futures import TimeoutError as LateError
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lotterylang.run.effects import Call, Called, Data, Failed, Reply
from lotterylang.world.tools.definition import Definition
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.opened import Opened
from lotterylang.world.tools.refusal import KINDS

SPARE_S = 1.0
"""How much later than its limit a call may end."""

Arguments = tuple[tuple[str, Data], ...]


def faults(opened: Opened, good: Arguments, spare_s: float = SPARE_S) -> list[str]:
    """Put a tool through the suite; `good` are the arguments of a call that it answers. Leaves: each fault in words.

    Units: `spare_s` seconds, how much later than its limit a call may end.
    """
    return [*_told(opened.definition), *_called(opened, good, spare_s)]


def _told(definition: Definition) -> Iterator[str]:
    if not definition.does.endswith("."):
        yield "it does not say in one sentence what it does"
    for parameter in definition.signature.parameters:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", parameter.name):
            yield f"no program can name its parameter `{parameter.name}`"
    if not 0 < definition.traits.limit_s < math.inf:
        yield "it has no limit of time"


def _called(opened: Opened, good: Arguments, spare_s: float) -> Iterator[str]:
    tools = Tools({"tool": opened}, opened.folder, pauses_s=())
    try:
        yield from _answers(tools, opened.definition, good, spare_s)
        for bad in _bad(opened.definition, good):
            reply = _reply(tools, opened.definition, bad, spare_s)
            if not (isinstance(reply, Failed) and reply.kind in KINDS and reply.message):
                yield f"it takes {bad}, and gives {reply}"
        yield from _answers(tools, opened.definition, good, spare_s)
    finally:
        tools.close()


def _answers(tools: Tools, definition: Definition, good: Arguments, spare_s: float) -> Iterator[str]:
    reply = _reply(tools, definition, good, spare_s)
    if not isinstance(reply, Called):
        yield f"it gives no result: {reply}"
        return
    try:
        TypeAdapter(definition.signature.result.schema).validate_python(reply.value)
    except ValidationError:
        yield f"{reply.value!r} is no {definition.signature.result.notation}"


def _reply(tools: Tools, definition: Definition, arguments: Arguments, spare_s: float) -> Reply | str:
    future = tools.submit([Call("answer/call", "tool", arguments)])[0]
    try:
        return future.result(timeout=definition.traits.limit_s + spare_s)
    except LateError:
        future.cancel()
        return "it does not end within its limit"
    except Exception as problem:
        return f"{type(problem).__name__} is no typed failure"


def _bad(definition: Definition, good: Arguments) -> Iterator[Arguments]:
    """Yield calls that no tool of these types takes: too many arguments, too few, and of another type."""
    yield (*good, ("of_no_tool", 1))
    parameters = {parameter.name: parameter for parameter in definition.signature.parameters}
    for place, (name, _) in enumerate(good):
        if parameters[name].needed:
            yield good[:place] + good[place + 1 :]
        strange: tuple[Any, ...] = ({"of": ["no", {"type": None}]}, [[[{}]]], None, True, "text", 1)
        for data in strange:
            if not _fits(parameters[name].kind.schema, data):
                yield (*good[:place], (name, data), *good[place + 1 :])


def _fits(schema: Any, data: Data) -> bool:
    try:
        TypeAdapter(schema).validate_python(data)
    except ValidationError:
        return False
    return True
