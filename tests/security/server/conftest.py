"""Servers of MCP that attack, and how each is tried: a call ends within its limit and a second, the next one works."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lotterylang.run.effects import Call, Called, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool
from lotterylang.world.tools.servers import written

HERE = Path(__file__).parent
LIMIT_S = 3.0
"""For calls that would never end; a server is started before, so that the client is loaded."""

SPARE_S = 1.0

END = ("honest", "huge", "long", "garbage", "other_id", "nul", "wrong", "number", "die", "environment", "asks")

NEVER_END = ("silent", "babble", "flood", "notify", "hang", "child", "nested", "half")
"""What no reader takes for a message (`nested`, `half`) is no reply either."""

Attack = Callable[..., Called | Failed]


def _limit_s(how: str) -> float:
    return LIMIT_S if how in NEVER_END else 20.0


@pytest.fixture(scope="session")
def servers() -> Iterator[Tools]:
    commands = {how: f"{sys.executable} hostile_server.py {how}" for how in (*END, *NEVER_END)}
    opened = {}
    for how, command in commands.items():
        grant = Grant("mcp", (command,))
        opened[how] = open_tool(
            written(command, "x"), [], HERE, grant, grant, limit_s=LIMIT_S if how in NEVER_END else 20.0
        )
    made = Tools(opened, HERE, pauses_s=())
    yield made
    made.close()


@pytest.fixture
def attack(servers: Tools) -> Attack:
    """Give a function that asks a hostile server, sees that it ends in time, and that an honest one still answers."""

    def call(how: str, **arguments: str) -> Called | Failed:
        future = servers.submit([Call("answer/call", how, tuple(arguments.items()))])[0]
        reply = future.result(_limit_s(how) + SPARE_S)
        assert isinstance(reply, Called | Failed)
        return reply

    def asked(how: str, **arguments: str) -> Called | Failed:
        assert call("honest") == Called("fine")
        reply = call(how, **arguments)
        assert call("honest") == Called("fine")
        return reply

    return asked
