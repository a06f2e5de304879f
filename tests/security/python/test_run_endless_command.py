"""A command that never ends, and one that leaves another running: both are ended, and the next call works."""

from __future__ import annotations

import os
from contextlib import closing

from security_world import Attack

from lotterylang.run.effects import Call, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool


def _left_running(attack: Attack, command: str, *words: str) -> tuple[object, bytes]:
    """Run a granted command; give the reply, and all that was written into `pipe` until nobody held it any more."""
    os.mkfifo(attack.folder / "pipe")
    pipe = os.open(attack.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    grant = Grant("run", (command,))
    opened = open_tool("std.tools.run", None, attack.folder, grant, grant, limit_s=1.5)
    with closing(Tools({"run": opened}, attack.folder)) as tools:
        reply = tools.submit([Call("answer/call", "run", (("words", list(words)),))])[0].result(timeout=30)
    os.set_blocking(pipe, True)
    found = b""
    while part := os.read(pipe, 100):
        found += part
    os.close(pipe)
    return reply, found


def test_a_command_that_never_ends(attack: Attack) -> None:
    script = "exec 3> pipe; echo begun >&3; exec tail -f /dev/null"
    reply, found = _left_running(attack, f"sh -c '{script}'", "sh", "-c", script)
    assert isinstance(reply, Failed)
    assert reply.kind == "Timeout"
    assert found == b"begun\n"
    attack.works()


def test_a_command_that_leaves_another_running(attack: Attack) -> None:
    script = "exec 3> pipe; echo begun >&3; tail -f /dev/null >&3 2>&3 & echo done"
    reply, found = _left_running(attack, f"sh -c '{script}'", "sh", "-c", script)
    assert reply.value["out"] == "done\n"  # type: ignore[attr-defined]
    assert found == b"begun\n"
    attack.works()
