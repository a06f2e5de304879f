"""A server of MCP that attacks whoever asks it: run as `python hostile_server.py HOW`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ABOUT = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "hostile", "version": "1"},
}


def send(message: dict[str, Any]) -> None:
    """Write a message on a line."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def result(request: dict[str, Any], text: str, **more: Any) -> None:
    """Answer a request with a text."""
    send({"id": request["id"], "result": {"content": [{"type": "text", "text": text}], **more}})


def asked() -> Iterator[dict[str, Any]]:
    """Yield what comes in, line by line."""
    for line in sys.stdin:
        yield json.loads(line)


def wait() -> None:
    """Wait for ever, whatever comes."""
    while True:
        sys.stdin.readline()
        if not sys.stdin.readable() or os.getppid() == 1:
            return


def flood() -> None:
    """Write without an end."""
    while True:
        sys.stdout.write("x" * 100_000)


def nested(request: dict[str, Any]) -> None:
    """Answer with data that is nested deeply."""
    deep = '{"a":' * 5_000 + "1" + "}" * 5_000
    sys.stdout.write(
        f'{{"jsonrpc": "2.0", "id": {request["id"]}, "result": {{"content": [], "structuredContent": {deep}}}}}\n'
    )
    sys.stdout.flush()


def answer(how: str, request: dict[str, Any]) -> None:
    """Answer a call in the way that was asked for."""
    match how:
        case "honest":
            result(request, "fine")
        case "huge":
            result(request, "x" * 20_000_000)
        case "long":
            result(request, "x" * 2_000_000)
        case "flood":
            flood()
        case "notify":
            while True:
                send({"method": "notifications/message", "params": {"level": "info", "data": "x" * 1_000}})
        case "garbage":
            sys.stdout.write("this is no JSON\n\x00\xff\n{}\n[]\nnull\n")
            result(request, "fine")
        case "other_id":
            send({"id": 10**9, "result": {"content": [{"type": "text", "text": "forged"}]}})
            result(request, "fine")
        case "nested":
            nested(request)
        case "half":
            result(request, "\ud800")
        case "nul":
            result(request, "a\0b")
        case "wrong":
            send({"id": request["id"], "result": {"content": "no list"}})
        case "number":
            result(request, "", structuredContent={"result": float("nan")})
        case "die":
            os._exit(0)
        case "hang":
            wait()
        case "child":
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(10**6)  # hostile child"])
            Path(request["params"]["arguments"]["mark"]).write_text(str(child.pid), encoding="ascii")
            wait()
        case "environment":
            result(request, json.dumps(dict(os.environ)))
        case "asks":
            seen = []
            for number, method in enumerate(("roots/list", "sampling/createMessage", "elicitation/create")):
                send(
                    {"id": 1000 + number, "method": method, "params": {"messages": [], "maxTokens": 9, "message": "?"}}
                )
                seen.append(next(asked()))
            result(request, json.dumps(["error" in each for each in seen]))


def main(how: str) -> None:
    """Speak until the other side ends."""
    if how == "silent":
        wait()
    if how == "babble":
        flood()
    for message in asked():
        if message.get("method") == "initialize":
            send({"id": message["id"], "result": ABOUT})
        elif message.get("method") == "tools/call":
            answer(how, message)
        elif message.get("method") == "tools/list":
            send({"id": message["id"], "result": {"tools": [{"name": "x", "inputSchema": {"type": "object"}}]}})
        elif "id" in message and "method" in message:
            send({"id": message["id"], "error": {"code": -32601, "message": "no such method"}})


if __name__ == "__main__":
    main(sys.argv[1])
