"""A small world to break out of: a granted folder, a secret beside it, a file of SQLite, a listed command, a server.

Each escape is one file; `Attack.refused` sees that it fails in a typed way within its limit, that no secret came out,
and that the next call works.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from lotterylang.run.effects import Call, Called, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool

SECRET = "s3cr3t-0f-the-h0st"

SPARE_S = float(os.environ.get("LOT_SPARE_S", "20"))
"""How much later than its limit a call may end: a second on a machine that does nothing else (`LOT_SPARE_S=1`)."""

COMMAND = "echo hello"

TOOLS = {
    "read_file": ("out/",),
    "write_file": ("out/",),
    "list_files": ("out/",),
    "sql": ("sales.db",),
    "run": (COMMAND,),
    "http": ("http://localhost:PORT",),
    "calculate": (),
    "python": (),
}


@dataclass
class Attack:
    """The world, and its tools."""

    folder: Path
    url: str
    tools: Tools
    seen: list[str] = field(default_factory=list)
    """The paths that the server was asked for."""

    def call(self, tool: str, **arguments: Any) -> Called | Failed:
        """Call a tool; a call that is later than it may be is no reply."""
        limit_s = self.tools._opened[tool].definition.traits.limit_s
        future = self.tools.submit([Call("answer/call", tool, tuple(arguments.items()))])[0]
        reply = future.result(timeout=limit_s + SPARE_S)
        assert isinstance(reply, Called | Failed)
        assert SECRET not in repr(reply)
        return reply

    def refused(self, tool: str, *kinds: str, **arguments: Any) -> str:
        """See that a call fails in one of these kinds, that nothing came of it, and that the next call works."""
        before = self._state()
        reply = self.call(tool, **arguments)
        assert isinstance(reply, Failed), reply
        assert reply.kind in kinds, reply
        assert self._state() == before
        self.works()
        return reply.message

    def works(self) -> None:
        """See that the tools still answer."""
        assert self.call("calculate", expression="1/2") == Called(Fraction(1, 2))
        assert self.call("read_file", path="out/note.txt") == Called("note")
        assert self.call("sql", query="SELECT item FROM sales") == Called([{"item": "tea"}])

    def _state(self) -> dict[str, bytes]:
        plain = [path for path in self.folder.rglob("*") if path.is_file() and not path.is_symlink()]
        return {str(path): path.read_bytes() for path in plain}


class _Server(BaseHTTPRequestHandler):
    attack: Attack

    def do_GET(self) -> None:
        self.attack.seen.append(self.path)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if self.path == "/bytes" else "text/plain")
        self.end_headers()
        try:
            for _ in range(3_000 if self.path == "/endless" else 1):
                self.wfile.write(b"page" * (1 if self.path != "/endless" else 1_000))
        except OSError:  # whoever read has gone away
            return

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def opened_world(tmp_path: Path) -> Iterator[Attack]:
    """Make the world in an empty folder."""
    for name in ("out", "out/inner", "outside"):
        (tmp_path / name).mkdir()
    (tmp_path / "out" / "note.txt").write_text("note", encoding="utf-8")
    (tmp_path / "outside" / "secret.txt").write_text(SECRET, encoding="utf-8")
    for name, item in (("sales.db", "tea"), ("outside/other.db", SECRET)):
        with closing(sqlite3.connect(tmp_path / name)) as file, file:
            file.execute("CREATE TABLE sales (item TEXT)")
            file.execute("INSERT INTO sales VALUES (?)", (item,))
    handler = type("Handler", (_Server,), {})
    server = ThreadingHTTPServer(("localhost", 0), handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    opened = {}
    for name, limits in TOOLS.items():
        grant = Grant(name, tuple(limit.replace("PORT", str(server.server_port)) for limit in limits))
        opened[name] = open_tool(f"std.tools.{name}", None, tmp_path, grant, grant)
    tools = Tools(opened, tmp_path, pauses_s=())
    made = Attack(tmp_path, f"http://localhost:{server.server_port}", tools)
    handler.attack = made  # type: ignore[attr-defined]
    yield made
    tools.close()
    server.shutdown()
    server.server_close()
