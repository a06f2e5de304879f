"""`run`: a command that is listed word by word; no shell, no pattern, nothing added.

The program was looked up when the grant was made. It gets no input, no secrets of the host's environment, limited
output, memory and time; what it leaves running is ended with its worker. Next door: `leaves.py`, `worker.py`.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from dataclasses import dataclass

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.leaves import Commands
from lotterylang.world.tools.refusal import Refused, shortened
from lotterylang.world.tools.worker import environment

LIMIT_S = 10.0

MOST_BYTES = 1_000_000
"""Bytes that a command may print, in both streams together."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command printed, and the code that it ended with."""

    code: int
    out: str
    err: str


@tool(alone=True, limit_s=LIMIT_S + 1)
def run(words: list[str], commands: Commands) -> Output:
    """Run a granted command, whose words are those of the grant."""
    executable, folder, *_ = commands.named(words)
    return _run(executable, folder, words)


def _run(executable: str, folder: str, words: list[str]) -> Output:
    try:
        process = subprocess.Popen(
            words,
            executable=executable,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment(),
        )
    except (OSError, ValueError) as problem:
        raise Refused("ToolFailed", f"`{shortened(words[0])}` can't be started: {problem}") from None
    with process:
        try:
            out, err = _printed(process, time.monotonic() + LIMIT_S)
        except BaseException:
            process.kill()
            raise
    return Output(process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def _printed(process: subprocess.Popen[bytes], until: float) -> tuple[bytes, bytes]:
    """Read both streams side by side until both end. Errors: Refused Timeout, or ToolFailed for too much."""
    assert process.stdout is not None and process.stderr is not None  # both were asked for
    found = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
    out, err = found.values()
    with selectors.DefaultSelector() as selector:
        for file in found:
            selector.register(file, selectors.EVENT_READ)
        while selector.get_map():
            left = until - time.monotonic()
            if left <= 0:
                raise Refused("Timeout", f"the command did not end within {LIMIT_S:g} s, and was ended")
            for key, _ in selector.select(left):
                part = os.read(key.fd, 65536)
                found[key.fd] += part
                if not part:
                    selector.unregister(key.fd)
            if len(out) + len(err) > MOST_BYTES:
                raise Refused("ToolFailed", f"the command printed more than {MOST_BYTES:,} bytes, and was ended")
    return bytes(out), bytes(err)
