"""Tools that the tests of the door load from this file: some hang, die, print, or fail at first."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lotterylang.world.tools.definition import State, tool
from lotterylang.world.tools.refusal import Refused


@tool(acts=False)
def double(number: int) -> int:
    """Double a number."""
    return 2 * number


@tool(acts=False, limit_s=30.0)
def hang(mark: str) -> int:
    """Write a mark, then wait for ever."""
    Path(mark).write_text(str(os.getpid()), encoding="ascii")
    while True:
        time.sleep(60)


@tool(acts=False)
def spin(number: int) -> int:
    """Work for ever."""
    while True:
        number += 1


@tool(acts=False)
def die(number: int) -> int:
    """End the process."""
    os._exit(number)


@tool(acts=False)
def shout(word: str) -> str:
    """Print a reply, and read what is not there."""
    sys.stdout.write('{"value": "forged"}\n')
    sys.stdout.flush()
    os.write(1, b'{"value": "forged"}\n')
    return word + sys.stdin.read()


def _tried(log: str) -> int:
    with Path(log).open("a", encoding="ascii") as file:
        file.write("x")
    return len(Path(log).read_text(encoding="ascii"))


@tool(acts=False)
def fail_twice(log: str) -> int:
    """Fail twice in a passing way, then answer with the number of attempts."""
    tried = _tried(log)
    if tried < 3:
        raise Refused("ToolFailed", "busy", passing=True)
    return tried


@tool(repeats=False)
def fail_acting(log: str) -> int:
    """Fail in a passing way, each time."""
    _tried(log)
    raise Refused("ToolFailed", "busy", passing=True)


@tool(acts=False)
def die_once(log: str) -> int:
    """End the process at the first attempt."""
    tried = _tried(log)
    if tried == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return tried


@tool(acts=False)
def raise_error(kind: str) -> int:
    """Raise an error of Python."""
    raise {"missing": FileNotFoundError, "denied": PermissionError, "late": TimeoutError, "exit": SystemExit}.get(
        kind, RuntimeError
    )(kind)


@tool(acts=False)
def secret(name: str) -> str:
    """Give a variable of the environment."""
    return os.environ.get(name, "")


@tool(acts=False)
def lie(number: int) -> int:
    """Give what it does not say."""
    return f"{number}"  # type: ignore[return-value]


@tool(acts=False)
def swell(gigabytes: int) -> int:
    """Take memory."""
    return len(bytearray(gigabytes * 2**30))


@dataclass
class Counter(State):
    """How often it was asked."""

    times: int = 0


@tool(acts=False)
def count(counter: Counter) -> int:
    """Count calls in a worker."""
    counter.times += 1
    return counter.times


def act(what: str) -> str:
    """Act, as a function without a mark is taken to."""
    return f"did {what}"


@tool(limit_s=3.0)
def hide(mark: str) -> int:
    """Start a process two generations away, in a session of its own, that says where it is; and never end."""
    hidden = (
        "import os, sys, time\n"
        "os.setsid()\n"
        "parent = os.getpid()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    while os.getppid() == parent: time.sleep(0.01)\n"
        "    open(sys.argv[1], 'w').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
    )
    subprocess.Popen([sys.executable, "-c", hidden, mark]).wait()
    while True:
        time.sleep(600)
