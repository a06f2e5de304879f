"""The door of the tools: what is late is ended, what passes is tried again, what is cancelled stops, all typed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest

from lotterylang.run.effects import Call, Called, Failed
from lotterylang.world.tools import door as door_of_tools
from lotterylang.world.tools import worker
from lotterylang.world.tools.door import Tools
from lotterylang.world.tools.grants import Grant
from lotterylang.world.tools.opened import open_tool
from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.standard.tictactoe import EMPTY
from lotterylang.world.tools.worker import Worker

HERE = Path(__file__).parent
OWN = ("double", "hang", "spin", "die", "shout", "fail_twice", "fail_acting", "die_once", "raise_error")
OWN += ("secret", "lie", "swell", "count", "act", "hide")
SHORT = {"spin": 0.3}
BOTH = Grant("fail_acting")


@pytest.fixture
def tools() -> Iterator[Tools]:
    door = Tools({}, HERE, pauses_s=(0.0, 0.0))
    for name in OWN:
        both = None if name == "act" else BOTH
        limit_s, source = SHORT.get(name), f"./tools_of_tests.py:{name}"
        door.tool(name, open_tool(source, None, HERE, both, both, limit_s, describe=door.describe))
    for name in ("tictactoe_start", "tictactoe_play"):
        door.tool(name, open_tool(f"std.tools.{name}", None, HERE, Grant(name), Grant(name)))
    yield door
    door.close()


def _reply(tools: Tools, tool: str, **arguments: Any) -> Any:
    return tools.submit([Call("answer/call", tool, tuple(arguments.items()))])[0].result(timeout=60)


def test_calls_are_answered_each_by_its_own_future(tools: Tools) -> None:
    futures = tools.submit([Call(f"answer/call#{n}", "double", (("number", n),)) for n in range(12)])
    assert [future.result(timeout=60).value for future in futures] == [2 * n for n in range(12)]


def test_what_never_ends_is_ended_and_the_next_call_works(tools: Tools) -> None:
    late = _reply(tools, "spin", number=1)
    assert isinstance(late, Failed)
    assert late.kind == "Timeout"
    assert "0.3 s" in late.message
    assert _reply(tools, "double", number=4) == Called(8)


def test_a_call_that_is_cancelled_ends_its_process(tools: Tools, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    os.mkfifo(mark)
    future = tools.submit([Call("answer/call", "hang", (("mark", str(mark)),))])[0]
    process = int(mark.read_text(encoding="ascii"))  # it works: this waits until it does
    os.kill(process, 0)
    assert future.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert _reply(tools, "double", number=4) == Called(8)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a session of its own is a way out: docs/spec/gaps.md")
def test_what_hides_in_a_session_of_its_own_is_ended_too(tools: Tools, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    os.mkfifo(mark)
    future = tools.submit([Call("answer/call", "hide", (("mark", str(mark)),))])[0]
    process = int(mark.read_text(encoding="ascii"))
    os.kill(process, 0)
    assert future.cancel()
    stat = Path(f"/proc/{process}/stat")
    assert not stat.exists() or stat.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
    assert _reply(tools, "double", number=4) == Called(8)


def test_closing_cancels_what_waits(tools: Tools, tmp_path: Path) -> None:
    futures = tools.submit([Call(f"answer/{n}", "hang", (("mark", str(tmp_path / str(n))),)) for n in range(9)])
    tools.close()
    assert not wait(futures, timeout=0).not_done
    assert all(future.cancelled() for future in futures)


def test_a_process_that_dies_is_a_failure_and_the_next_call_works(tools: Tools) -> None:
    died = _reply(tools, "die", number=0)
    assert (died.kind, "ended its process" in died.message) == ("ToolFailed", True)
    assert _reply(tools, "double", number=4) == Called(8)


def test_what_passes_is_tried_again(tools: Tools, tmp_path: Path) -> None:
    assert _reply(tools, "fail_twice", log=str(tmp_path / "a")) == Called(3)
    assert _reply(tools, "die_once", log=str(tmp_path / "b")) == Called(2)


def test_what_acts_is_tried_once(tools: Tools, tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert _reply(tools, "fail_acting", log=str(log)).message == "busy"
    assert log.read_text(encoding="ascii") == "x"


def test_what_is_said_to_compute_only_is_tried_again_with_the_same_leave(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for host, said, times in ((BOTH, "busy", "xxx"), (None, "the host does not allow", "xxx")):
        opened = open_tool("./tools_of_tests.py:fail_acting", None, HERE, BOTH, host, pure=True)
        door = Tools({"it": opened}, HERE, pauses_s=(0.0, 0.0))
        assert said in _reply(door, "it", log=str(log)).message
        door.close()
        assert log.read_text(encoding="ascii") == times


def test_what_a_tool_prints_is_no_reply(tools: Tools) -> None:
    assert _reply(tools, "shout", word="real") == Called("real")


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("missing", "NotFound"),
        ("denied", "Denied"),
        ("late", "Timeout"),
        ("exit", "ToolFailed"),
        ("other", "ToolFailed"),
    ],
)
def test_errors_of_python_become_failures(tools: Tools, kind: str, failure: str) -> None:
    reply = _reply(tools, "raise_error", kind=kind)
    assert isinstance(reply, Failed)
    assert reply.kind == failure


def test_a_worker_knows_no_secrets(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "hidden")
    assert _reply(tools, "secret", name="API_KEY") == Called("")
    assert _reply(tools, "secret", name="PATH").value


def test_a_worker_has_bounded_memory(tools: Tools) -> None:
    assert "memory" in _reply(tools, "swell", gigabytes=3).message
    assert _reply(tools, "double", number=4) == Called(8)


def test_a_result_of_another_type_is_a_failure(tools: Tools) -> None:
    assert "something else than `int`" in _reply(tools, "lie", number=1).message


def test_an_unknown_tool_is_a_failure(tools: Tools) -> None:
    assert _reply(tools, "nobody").kind == "NotFound"


def test_state_lives_as_long_as_the_run(tools: Tools) -> None:
    assert [_reply(tools, "count").value for _ in range(3)] == [1, 2, 3]
    board = _reply(tools, "tictactoe_play", square=1).value
    assert board == {"squares": "X...O....", "outcome": "playing"}
    assert _reply(tools, "tictactoe_play", square=5).kind == "ToolFailed"
    assert _reply(tools, "tictactoe_start").value["squares"] == EMPTY


def test_what_acts_without_leave_is_denied_and_says_what_to_grant(tools: Tools) -> None:
    denied = _reply(tools, "act", what="harm")
    assert (denied.kind, "write `uses tool act`" in denied.message) == ("Denied", True)


class _Slow(Worker):
    """A process that says that an hour went by before it was ready."""

    def ready(self) -> float:
        return super().ready() + 3600


def test_the_start_of_a_process_is_not_charged_to_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_tool("./tools_of_tests.py:double", None, HERE, limit_s=0.0)
    monkeypatch.setattr(door_of_tools, "Worker", _Slow)
    door = Tools({"double": opened}, HERE)
    assert _reply(door, "double", number=4) == Called(8)
    door.close()


def test_a_process_that_does_not_start_is_a_failure_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "START_S", 0.0)
    made = worker.Worker(HERE)
    with pytest.raises(Refused, match="no process for the tool started") as refused:
        made.ready()
    assert refused.value.passing and not made.lives
    made.close()


def test_a_process_that_ended_while_idle_is_released(tools: Tools) -> None:
    assert _reply(tools, "double", number=4) == Called(8)
    [idle] = tools._idle
    idle.kill()
    assert _reply(tools, "double", number=4) == Called(8)
    assert idle._process.stdin is not None and idle._process.stdin.closed


def test_declared_tools_share_a_door_which_the_last_closes() -> None:
    shared = Tools({}, HERE)
    double = shared.tool("double", open_tool("./tools_of_tests.py:double", ["number"], HERE))
    calc = shared.tool("calc", open_tool("std.tools.calculate", ["expression"], HERE))
    assert calc.identity == "std.tools.calculate: calculate(expression: text) -> number"
    assert double.submit([Call("answer/call", "double", (("number", 4),))])[0].result(timeout=60) == Called(8)
    double.close()
    double.close()
    left = calc.submit([Call("answer/call#2", "calc", (("expression", "6 * 7"),))])[0]
    assert left.result(timeout=60) == Called(42)
    calc.close()
    with pytest.raises(RuntimeError):
        shared.submit([Call("answer/call#3", "calc", (("expression", "1"),))])
