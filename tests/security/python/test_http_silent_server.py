"""A server that takes the question and never answers."""

from __future__ import annotations

import socket
from contextlib import closing

from security_world import Attack

from lotterylang.run.effects import Call, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool


def test_http_silent_server(attack: Attack) -> None:
    with socket.create_server(("localhost", 0)) as silent:
        url = f"http://localhost:{silent.getsockname()[1]}"
        opened = open_tool("std.tools.http", None, attack.folder, Grant("http", (url,)), Grant("http"), limit_s=1.0)
        with closing(Tools({"http": opened}, attack.folder)) as tools:
            reply = tools.submit([Call("answer/call", "http", (("url", f"{url}/"),))])[0].result(timeout=30)
    assert isinstance(reply, Failed)
    assert reply.kind == "Timeout"
    attack.works()
