"""Runs `lot model get` again and again, killing it (SIGKILL) at one moment after another, and says what was left.

`python killed_get.py ENTRY FOLDER MOMENTS`: ENTRY is a catalogue entry as JSON. A moment is an audit event of Python on
the file system or the network, or a piece of progress, each counted: so the same moments come in every run. The first
line printed is that of a run that nothing killed; then one line for each moment: what was left after the next call.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import signal
import sys
from pathlib import Path

import gguf  # noqa: F401  imported before the forks, so that each child begins warm
import numpy  # noqa: F401
import onnx  # noqa: F401
import tokenizers  # noqa: F401

from lotterylang.shell import cli, models, screen  # noqa: F401
from lotterylang.world.model.source import fetch
from lotterylang.world.model.source.catalog import CATALOG, Entry

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "socket.connect", "os.scandir"}
PIECE_BYTES = 1 << 15


class Moments:
    """Counts moments; at the one given, the process is killed."""

    def __init__(self, last: int) -> None:
        self.count, self.last = 0, last

    def see(self, event: str, arguments: tuple[object, ...] = ()) -> None:
        if event in EVENTS and "site-packages" not in str(arguments[:1]):
            self.pass_by()

    def pass_by(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def got(home: Path, last: int) -> tuple[int, int]:
    """Run the command in a child; give how it ended and the moments that it passed."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ["LOTTERY_HOME"] = str(home)
        moments = Moments(last)
        sys.addaudithook(moments.see)
        real = fetch._copy
        fetch._copy = lambda answer, file, done, total, progress: real(
            answer, file, done, total, lambda *told: moments.pass_by()
        )
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
            status = cli.lot(["model", "get", "tiny"])
        os.write(write, json.dumps([moments.count, said.getvalue() if status else ""]).encode())
        os._exit(status)
    os.close(write)
    _, ended = os.waitpid(child, 0)
    with os.fdopen(read) as told:
        passed = told.read()
    return os.waitstatus_to_exitcode(ended), json.loads(passed)[0] if passed else 0


def files(home: Path) -> dict[str, str]:
    """Give the hash of everything in the home folder but locks."""
    found = (path for path in sorted(home.rglob("*")) if not path.name.endswith(".lock"))
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in found
    }


def main() -> None:
    entry, folder, wanted = Entry(**json.loads(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
    CATALOG[entry.name] = entry
    fetch._CHUNK_BYTES = PIECE_BYTES
    status, passed = got(folder / "whole", 0)
    say({"status": status, "moments": passed, "files": files(folder / "whole")})
    for place in range(wanted):
        last, home = 1 + place * passed // wanted, folder / str(place)
        killed, _ = got(home, last)
        left = sorted(files(home)) if home.exists() else []
        status, _ = got(home, 0)
        say({"moment": last, "killed": killed, "left": left, "status": status, "files": files(home)})


def say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
