"""A server of MCP for the tests: run as `python server_of_tests.py`, it speaks on its standard streams."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TypedDict

from mcp.server.mcpserver import MCPServer

server = MCPServer("tests")
calls = 0


class Sale(TypedDict):
    """A record."""

    item: str
    price: float


@server.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
def shout(word: str) -> str:
    """Say a word loudly."""
    return f"{word.upper()}!"


@server.tool()
def sale(item: str) -> Sale:
    """Find a sale."""
    return {"item": item, "price": 0.1}


@server.tool()
def counted() -> int:
    """Count the calls since the server was started."""
    global calls
    calls += 1
    return calls


@server.tool()
def secret(variable: str) -> str:
    """Give a variable of the environment."""
    return os.environ.get(variable, "")


@server.tool()
def fail(why: str) -> int:
    """Fail."""
    raise ValueError(why)


@server.tool()
def die() -> int:
    """End the process."""
    os._exit(3)


@server.tool()
def hang(mark: str) -> int:
    """Write who hangs, then wait for ever."""
    Path(mark).write_text(str(os.getpid()), encoding="ascii")
    while True:
        time.sleep(60)


@server.tool()
def endless() -> str:
    """Give more than anyone reads."""
    return "x" * 20_000_000


if __name__ == "__main__":
    server.run("stdio")
