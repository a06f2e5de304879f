"""Tools of a server of MCP, which is a process of this checkout: results, failures, and servers that break off."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from command import lot
from lotterylang.run.effects import Call, Called, Failed
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.kinds import Unfit
from lotterylang.world.tools.opened import open_tool
from lotterylang.world.tools.servers import of_server, written

HERE = Path(__file__).parent
COMMAND = f"{sys.executable} server_of_tests.py"
NAMES = ("add", "shout", "sale", "counted", "secret", "fail", "die", "hang", "endless", "nothing")
LIMITS_S = {"hang": 4.0}


@pytest.fixture(scope="module")
def tools() -> Iterator[Tools]:
    grant = Grant("mcp", (COMMAND,))
    opened = {
        name: open_tool(written(COMMAND, name), [], HERE, grant, grant, limit_s=LIMITS_S.get(name)) for name in NAMES
    }
    made = Tools(opened, HERE, pauses_s=())
    yield made
    made.close()


def _reply(tools: Tools, name: str, **arguments: Any) -> Called | Failed:
    reply = tools.submit([Call("answer/call", name, tuple(arguments.items()))])[0].result(timeout=60)
    assert isinstance(reply, Called | Failed)
    return reply


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("add", {"a": 40, "b": 2}, 42),
        ("shout", {"word": "tea"}, "TEA!"),
        ("sale", {"item": "tea"}, {"item": "tea", "price": Fraction(1, 10)}),
    ],
)
def test_a_tool_of_a_server_answers(tools: Tools, name: str, arguments: dict[str, Any], value: object) -> None:
    assert _reply(tools, name, **arguments) == Called(value)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("nothing", {}, "Unknown tool: nothing"),
        ("add", {"a": "x", "b": 2}, "valid integer"),
        ("fail", {"why": "no tea"}, "Error executing tool fail"),
    ],
)
def test_what_a_server_says_is_a_failure(tools: Tools, name: str, arguments: dict[str, Any], said: str) -> None:
    failed = _reply(tools, name, **arguments)
    assert isinstance(failed, Failed) and failed.kind == "ToolFailed"
    assert said in failed.message


def test_a_server_lives_on_until_it_breaks_off(tools: Tools) -> None:
    first = _reply(tools, "counted")
    assert isinstance(first, Called)
    assert _reply(tools, "counted") == Called(first.value + 1)
    for name in ("die", "endless"):
        assert isinstance(_reply(tools, name), Failed)
        assert _reply(tools, "counted") == Called(1)


def _command(process: int) -> str:
    return subprocess.run(["ps", "-o", "args=", "-p", str(process)], capture_output=True, text=True).stdout


def test_a_server_that_hangs_is_ended_with_its_worker(tools: Tools, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    _reply(tools, "counted")
    late = _reply(tools, "hang", mark=str(mark))
    assert isinstance(late, Failed) and late.kind == "Timeout"
    process = int(mark.read_text(encoding="ascii"))
    assert "server_of_tests" not in _command(process)  # nobody, or what nobody has buried yet
    assert _reply(tools, "counted") == Called(1)


def test_a_server_knows_no_secret_of_the_host(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN_OF_TESTS", "s3cr3t")
    assert _reply(tools, "secret", variable="TOKEN_OF_TESTS") == Called("")
    assert _reply(tools, "secret", variable="HOME") == Called("")


@pytest.mark.parametrize("command", ["echo hello", "true", "cat"])
def test_a_command_that_is_no_server_is_told(command: str) -> None:
    grant = Grant("mcp", (command,))
    made = Tools({"x": open_tool(written(command, "x"), [], HERE, grant, grant, limit_s=6.0)}, HERE, pauses_s=())
    failed = _reply(made, "x")
    made.close()
    assert isinstance(failed, Failed) and failed.kind in ("ToolFailed", "Timeout")


def test_a_server_has_a_limit_of_its_own_to_start(tmp_path: Path) -> None:
    silent = tmp_path / "silent.py"
    silent.write_text("import signal\nsignal.pause()\n", encoding="utf-8")
    command = f"{sys.executable} {silent}"
    grant = Grant("mcp", (command,))
    opened = open_tool(written(command, "x"), [], HERE, grant, grant)
    assert opened.definition.traits.start_s >= 30
    traits = replace(opened.definition.traits, start_s=0.5)
    made = Tools({"x": replace(opened, definition=replace(opened.definition, traits=traits))}, HERE, pauses_s=())
    failed = _reply(made, "x")
    made.close()
    assert isinstance(failed, Failed) and failed.kind == "Timeout" and "did not start in 0.5 s" in failed.message


def test_another_command_than_the_granted_is_denied() -> None:
    grant = Grant("mcp", ("echo hello",))
    opened = open_tool(written(COMMAND, "add"), [], HERE, grant, grant)
    made = Tools({"x": opened}, HERE, pauses_s=())
    denied = _reply(made, "x", a=1, b=2)
    made.close()
    assert isinstance(denied, Failed) and denied.kind == "Denied"
    assert "is not granted, word by word: `echo hello`" in denied.message


def test_a_source_that_names_no_tool_is_unfit() -> None:
    with pytest.raises(Unfit):
        of_server('mcp("python server.py")')


def test_a_program_calls_a_tool_of_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    program = tmp_path / "p.lot"
    text = f"""
uses tool mcp("{COMMAND}")
type Sale {{ item: text, price: number }}
tool sale(item: text) -> Sale = mcp("{COMMAND}", "sale")
fn main() -> number {{ (CALL sale("tea")).price }}
"""
    program.write_text(text, encoding="utf-8")
    assert "Denied" in lot("run", str(program)).err
    assert lot("run", "--allow", f'mcp("{COMMAND}")', str(program)).out == "0.1\n"
