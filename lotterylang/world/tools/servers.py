"""Servers of MCP: tools of another program, which speaks with the official client over two pipes.

Enters: the command that is granted, a tool of its, arguments by name. Leaves: what it gives, as data. A server is
started at its first call, in a worker, and lives until that ends. It stands in the worker's group of processes, so that
one that hangs is killed with it; the client's own transport would start it outside. Its words are data like any other
tool's. Next door: `loading.py` makes a definition of it, `worker.py` the process around it, `leaves.py` the commands.
"""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, TypeAdapter

from lotterylang.run.effects import Data
from lotterylang.world.tools.definition import Definition, State, Traits
from lotterylang.world.tools.kinds import Given, Kind, Unfit
from lotterylang.world.tools.leaves import Commands, Entry
from lotterylang.world.tools.refusal import Refused, shortened
from lotterylang.world.tools.signature import Signature
from lotterylang.world.tools.worker import MOST_BYTES, environment

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal
    from mcp import Client
    from mcp.client._transport import TransportStreams
    from mcp.types import CallToolResult

LIMIT_S = 20.0
"""How long a call may take."""

STARTS_S = 30.0
"""How long a server may take to start, before its first call."""


@dataclass(slots=True)
class Servers(State):
    """The servers that were started, by their commands."""

    started: dict[Entry, _Server] = field(default_factory=dict)

    def server(self, entry: Entry) -> _Server:
        """Give the server of a command, started at first. Errors: Refused."""
        if entry not in self.started:
            self.started[entry] = _Server(entry)
        return self.started[entry]

    def call(self, entry: Entry, tool: str, arguments: Mapping[str, Data]) -> Data:
        """Call a tool of the server that a granted command starts. Errors: Refused."""
        server = self.server(entry)
        try:
            return server.call(tool, arguments)
        except Refused:
            if not server.lives:
                del self.started[entry]
                server.close()
            raise


class _Server:
    """One server, and the thread in which its client waits."""

    def __init__(self, entry: Entry) -> None:
        try:
            from anyio.from_thread import start_blocking_portal
            from mcp import Client
        except ImportError:
            told = "servers of MCP need the package `mcp`: `pip install 'lotterylang[mcp]'`"
            raise Refused("ToolFailed", told) from None
        self.lives = True
        self._name = shortened(" ".join(entry[2:]))
        self._open = ExitStack()
        try:
            self._portal: BlockingPortal = self._open.enter_context(start_blocking_portal())
            client = Client(_pipes(entry), mode="legacy")
            held: AbstractContextManager[Client] = self._portal.wrap_async_context_manager(client)
            self._client = self._open.enter_context(held)
        except Exception as problem:
            self.close()
            raise Refused("ToolFailed", f"`{self._name}` is no server of MCP: {_words(problem)}") from None

    def call(self, tool: str, arguments: Mapping[str, Data]) -> Data:
        """Call a tool. Errors: Refused ToolFailed with the server's words."""
        from mcp import MCPError

        given = {name: _json(data) for name, data in arguments.items()}
        try:
            result = self._portal.call(self._client.call_tool, tool, given)
        except MCPError as problem:
            self.lives = problem.error.code != _CLOSED
            raise Refused("ToolFailed", f"`{self._name}`: {_words(problem)}") from None
        except Exception as problem:
            self.lives = False
            raise Refused("ToolFailed", f"`{self._name}` broke off: {_words(problem)}") from None
        return _data(result, self._name)

    def close(self) -> None:
        """End the server."""
        with suppress(Exception):
            self._open.close()


_CLOSED = -32000
"""The client's code for a connection that has ended."""


@asynccontextmanager
async def _pipes(entry: Entry) -> AsyncIterator[TransportStreams]:
    """Start a server, and give the streams of messages from it and to it: one a line, each JSON."""
    import anyio
    from mcp.shared.message import SessionMessage

    executable, folder, *words = entry
    process = await asyncio.create_subprocess_exec(
        *words,
        executable=executable,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env=environment(),
        limit=MOST_BYTES,
    )
    assert process.stdin is not None and process.stdout is not None  # both were asked for
    came, read = anyio.create_memory_object_stream[SessionMessage | Exception](16)
    written, sent = anyio.create_memory_object_stream[SessionMessage](16)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_reading, process.stdout, came)
        tasks.start_soon(_writing, process.stdin, sent, came)
        try:
            yield read, written
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            tasks.cancel_scope.cancel()


async def _reading(pipe: asyncio.StreamReader, came: Any) -> None:
    from mcp.shared.message import SessionMessage
    from mcp_types import jsonrpc_message_adapter

    async with came:
        with suppress(ValueError, OSError):  # a line without an end: nothing is read from here on
            while line := await pipe.readline():
                try:
                    message = jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValueError as problem:
                    await came.send(problem)
                    continue
                await came.send(SessionMessage(message))


async def _writing(pipe: asyncio.StreamWriter, sent: Any, came: Any) -> None:
    async with sent:
        try:
            async for each in sent:
                pipe.write(each.message.model_dump_json(by_alias=True, exclude_unset=True).encode() + b"\n")
                await pipe.drain()
        except OSError:  # the server is gone, and nobody must wait for its reply
            await came.aclose()


def _data(result: CallToolResult, name: str) -> Data:
    """Give what a tool gave: as data where it says so, else its text."""
    texts = [each.text for each in result.content if each.type == "text"]
    if result.is_error:
        raise Refused("ToolFailed", f"`{name}`: {shortened(' '.join(texts), 300)}")
    found = result.structured_content
    if found is None:
        return "\n".join(texts)
    return found["result"] if set(found) == {"result"} else found


def _json(data: Data) -> Any:
    """Give data as JSON has it: a number that is not whole becomes the nearest that a float can hold."""
    match data:
        case Fraction():
            return int(data) if data.denominator == 1 else float(data)
        case dict():
            return {name: _json(item) for name, item in data.items()}
        case list() | tuple():
            return [_json(item) for item in data]
    return data


def _words(problem: BaseException) -> str:
    while isinstance(problem, BaseExceptionGroup):
        problem = problem.exceptions[0]
    return shortened(str(problem) or type(problem).__name__, 300)


@dataclass(frozen=True, slots=True)
class _Said(Signature):
    """What a server says that its tool takes and gives: the arguments are handed on by name."""

    takes_any: ClassVar[bool] = True

    def read(self, arguments: tuple[tuple[str, Data], ...]) -> dict[str, Any]:
        """Give the arguments by name, as one argument."""
        return {"arguments": dict(arguments)}


SERVER = "mcp("
"""How a source begins that is a tool of a server: `mcp("python server.py", "add")`."""


def written(command: str, name: str) -> str:
    """Write where a tool of a server is found."""
    return f"mcp({json.dumps(command)}, {json.dumps(name)})"


def of_server(source: str) -> Definition:
    """Define a tool of a server by what `written` wrote; the server is not started. Errors: Unfit."""
    try:
        command, name = json.loads(f"[{source.removeprefix(SERVER).removesuffix(')')}]")
        words = shlex.split(command)
    except ValueError:
        raise Unfit(f"`{shortened(source)}` names no command and no tool of its server") from None

    def call(arguments: dict[str, Data], servers: Servers, commands: Commands) -> Data:
        return servers.call(commands.named(words), name, arguments)

    def start(servers: Servers, commands: Commands) -> None:
        servers.server(commands.named(words))

    given: dict[str, type[Given]] = {"servers": Servers, "commands": Commands}
    signature = _Said(name, (), Kind("any", Any), given, BaseModel, TypeAdapter(Any))
    does = f"Ask `{shortened(command)}` for `{name}`."
    traits = Traits(limit_s=LIMIT_S, start_s=STARTS_S)
    return Definition(source, call, signature, traits, does, keeps=SERVER, starts=start)
