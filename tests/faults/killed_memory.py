"""Runs a program that keeps its memory, killing it (SIGKILL) before one statement of SQLite after another.

`python killed_memory.py FOLDER`: prints one line a moment as JSON: how many commits had returned, what the file holds
then, and what the next run begins with.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from pathlib import Path

from lotterylang.shell import cli
from lotterylang.world.memory.file import MemoryFile

PROGRAM = """
model small = first()
memory count : int = 0 kept in file("kept.db")
memory seen  : map<int, text> kept in file("kept.db")
fn main() -> text {
  for n in 1..4 {
    WRITE n -> count
    WRITE "number ${n}" -> seen[n]
    let asked = ASK small "Number ${n}: @{word: "a" | "b"}"
    WRITE "${n} ${asked.word}" -> seen[n]
  }
  shown()
}
fn shown() -> text {
  READ count -> n
  READ seen -> all
  json((n, all))
}
"""


def killed(folder: Path, last: int) -> tuple[int, int]:
    """Run the program in a child that is killed before its statement `last`; give its status and the commits made."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        passed, real = 0, MemoryFile._run

        def run(file: MemoryFile, statement: str, *values: str | None) -> object:
            nonlocal passed
            passed += 1
            if passed == last:
                os.kill(os.getpid(), signal.SIGKILL)
            found = real(file, statement, *values)
            if statement == "COMMIT":
                os.write(write, b"c")
            return found

        MemoryFile._run = run  # type: ignore[assignment,method-assign]
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status = cli.lot(["run", "killed.lot"])
        os._exit(status)
    os.close(write)
    _, ended = os.waitpid(child, 0)
    with os.fdopen(read, "rb") as told:
        return os.waitstatus_to_exitcode(ended), len(told.read())


def main() -> None:
    """Kill at every moment, until a run passes them all."""
    folder = Path(sys.argv[1])
    os.chdir(folder)
    Path("killed.lot").write_text(PROGRAM, encoding="utf-8")
    for last in range(1, 1000):
        for old in folder.glob("kept.db*"):
            old.unlink()
        status, commits = killed(folder, last)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            again = cli.lot(["run", "killed.lot:shown"])
        held = json.loads(out.getvalue()) if again == 0 else None
        sys.stdout.write(json.dumps({"status": status, "commits": commits, "held": held}) + "\n")
        if status == 0:
            return


main()
