"""Inside a worker process: says when it is ready, then reads calls, one a line, and writes the reply of each.

Enters and leaves: JSON over two pipes that only this module holds, so that what a tool prints or reads can't be taken
for a reply. When the other side ends, so does the process, whatever a tool is doing. Next door: `worker.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.tools import offspring
from lotterylang.world.tools.data import packed, unpacked
from lotterylang.world.tools.definition import Definition, State
from lotterylang.world.tools.foreign import told
from lotterylang.world.tools.leaves import Leave
from lotterylang.world.tools.loading import load
from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.running import run, start

MOST_MEMORY = 2 * 2**30
"""Bytes of address space of a worker."""


def work() -> None:
    """Answer calls until the other side ends."""
    with contextlib.suppress(ValueError, OSError):  # a host may already have set less
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    offspring.keep()
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    lines: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_read, args=(requests, lines), daemon=True).start()
    kept: dict[type[State], State] = {}
    _say(replies, {"ready": True})
    while True:
        _say(replies, _answer(json.loads(lines.get()), kept))


def _say(replies: int, reply: dict[str, Any]) -> None:
    line = json.dumps(reply).encode() + b"\n"
    while line:
        line = line[os.write(replies, line) :]


def _read(requests: int, lines: SimpleQueue[bytes]) -> None:
    """Hand on lines, from a thread of its own: a tool that hangs must not outlive who asked for it."""
    with os.fdopen(requests, "rb") as pipe:
        for line in pipe:
            lines.put(line)
    offspring.end(os.getpid())
    os.killpg(os.getpgid(0), signal.SIGKILL)


@lru_cache(maxsize=64)
def _loaded(source: str, folder: str) -> Definition:
    return load(source, Path(folder))


def _answer(request: dict[str, Any], kept: dict[type[State], State]) -> dict[str, Any]:
    if "describes" in request:
        return told(lambda: _loaded(request["describes"], request["folder"]))
    try:
        definition = _loaded(request["source"], request["folder"])
        leave = _leave(definition, request["leave"])
        if "arguments" not in request:
            start(definition, leave, kept)
            return {}
        arguments = tuple((name, unpacked(data)) for name, data in request["arguments"])
        return {"value": packed(run(definition, arguments, leave, kept))}
    except Refused as refused:
        return {"kind": refused.kind, "message": refused.message, "passing": refused.passing}
    except LotError as problem:
        return {"kind": "ToolFailed", "message": str(problem), "passing": False}


def _leave(definition: Definition, entries: list[list[str]] | None) -> Leave | None:
    if definition.leave is None or entries is None:
        return None
    return definition.leave(tuple(tuple(entry) for entry in entries))
