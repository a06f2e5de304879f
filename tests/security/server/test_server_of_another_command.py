"""Commands that are not the granted one, in any word."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotterylang.run.effects import Call, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool
from lotterylang.world.tools.servers import written

GRANTED = "echo hello"


@pytest.mark.parametrize(
    "command", ["echo", "echo hello there", "echo hello; id", "/bin/echo hello", "sh -c 'echo hello'"]
)
def test_server_of_another_command(tmp_path: Path, command: str) -> None:
    grant = Grant("mcp", (GRANTED,))
    tools = Tools({"x": open_tool(written(command, "x"), [], tmp_path, grant, grant)}, tmp_path, pauses_s=())
    reply = tools.submit([Call("answer/call", "x", ())])[0].result(21)
    tools.close()
    assert isinstance(reply, Failed) and reply.kind == "Denied"
