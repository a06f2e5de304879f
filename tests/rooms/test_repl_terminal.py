"""`lot repl` at a real pseudo-terminal: editing, completion, history, Ctrl-C, stepping."""

from __future__ import annotations

from pathlib import Path

import pytest

from typist import Typist

SILENT = """
from concurrent.futures import Future
from lotterylang.world.model import open as opening

class Telling(list):
    def append(self, waiter):
        sleep = waiter.event.wait
        def told(*args):
            print("waiting for the model", flush=True)  # no lock of a future is held by now
            return sleep(*args)
        waiter.event.wait = told
        super().append(waiter)

class Silent:
    name = identity = "silent"
    def submit(self, effects):
        futures = [Future() for _ in effects]
        for future in futures:
            future._waiters = Telling()  # told when the runner waits, so that Ctrl-C comes then
            future.add_done_callback(lambda done: print("the row is free:", done.cancelled(), flush=True))
        return futures
    def close(self):
        pass

opening.open_model = lambda spec, seed=0, progress=None: Silent()
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "program.lot"
    path.write_text(
        'model small = onnx("smollm2-135m-instruct")\nmemory head : int = 4\n'
        "fn fact(n: int) -> int { if n <= 1 { 1 } else { n * fact(n - 1) } }\n",
        encoding="utf-8",
    )
    return str(path)


def test_entries_errors_and_several_lines(program: str) -> None:
    with Typist("repl", program, "--model", "first") as person:
        person.enter("fact(4)", "24 : int")
        person.type("fact(\r")
        person.until("...")
        person.enter("3)", "6 : int")
        person.enter('"""\n a\n b"""', '"a\\nb" : text')
        person.enter("nope", "LOT-E0203")
        person.enter("fact(5)", "120 : int")
        person.enter("WRITE 9 -> head", "")
        person.enter(":memory", "head : int = 9")
        person.enter(":undo", "undone")
        person.enter(":memory", "head : int = 4")
        person.type("\x04")
        assert person.status() == 0


def test_completion_and_history(program: str) -> None:
    with Typist("repl", program, "--model", "first") as person:
        person.type("fac\t")
        person.until("fact")
        person.enter("(3)", "6 : int")
        person.type(":ef\t")
        person.until(":effects")
        person.enter("", "fact  pure")
        person.enter(":quit", "", prompt="")
        assert person.status() == 0
    with Typist("repl", program, "--model", "first") as person:
        person.type("\x1b[A\x1b[A\x1b[A")
        person.until("fact(3)")
        person.enter("", "6 : int")


def test_ctrl_c_cancels_a_call_and_keeps_the_session(program: str) -> None:
    with Typist("repl", program, code=SILENT) as person:
        person.enter("let x = 41", "x = 41 : int")
        person.type('ASK small "@{n: int where 0 <= n <= 9}"\r')
        person.until("waiting for the model")
        person.type("\x03")
        person.until("the row is free: True")
        person.until("interrupted; nothing has changed")
        person.until("lot>")
        person.enter("x + 1", "42 : int")
        person.type("half of an ent\x03")
        person.until("interrupted")
        person.until("lot>")
        person.enter("x + 2", "43 : int")


def test_stepping_into_a_recursive_call(program: str) -> None:
    with Typist("repl", program, "--model", "first") as person:
        person.enter(":step fact(2)", "at the top", "step>")
        person.enter(":step", "n = 2", "step>")
        person.enter("", "^^^^^", "step>")
        person.enter(":step", "n = 1", "step>")
        person.enter(":where", "fact", "step>")
        person.enter(":memory", "head : int = 4", "step>")
        person.enter(":continue", "2 : int")
        person.enter(":step fact(2)", "at the top", "step>")
        person.enter(":next", "2 : int")
        person.enter(":step fact(9)", "at the top", "step>")
        person.enter(":stop", "stopped; nothing has changed")
        person.enter(":step fact(9)", "at the top", "step>")
        person.type("\x03")
        person.until("interrupted")
        person.until("lot>")
        person.enter("fact(3)", "6 : int")


@pytest.mark.parametrize("entry", [":help", ":type 1", ":effects", ":budget", ":reset", ":prompt 1", ":grammar 1"])
def test_each_command_answers(program: str, entry: str) -> None:
    said = {
        ":help": "this list",
        ":type 1": "int  pure",
        ":effects": "fact  pure",
        ":budget": "of 10,000",
        ":reset": "back at the start",
        ":prompt 1": "it asks no model",
        ":grammar 1": "it asks no model",
    }
    with Typist("repl", program, "--model", "first") as person:
        person.enter(entry, said[entry])


def test_what_was_asked_is_told(program: str) -> None:
    with Typist("repl", "--model", "first") as person:
        person.enter(f":load {program}", "fn fact(n: int) -> int  pure")
        person.enter('ASK small "A digit: @{n: int where 0 <= n <= 9}"', "(n = 0) : {n: int}")
        person.enter(":why", "answer  (n = 0)")
