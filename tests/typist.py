"""A person at a terminal: runs a program under a pseudo-terminal, types, and reads until what is expected appears."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

DEADLINE_S = 60
ROOT = Path(__file__).parents[1]
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07|\r")
_BEGIN = """
import fcntl, signal, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever began the tests may have had it ignored
"""


class Typist:
    """One session. `code` is run first in the process, where a stand-in model can be put in its place."""

    def __init__(self, *words: str, code: str = "") -> None:
        self.terminal, far_end = pty.openpty()
        fcntl.ioctl(far_end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 150, 0, 0))
        begin = f"{_BEGIN}{code}\nimport sys\nfrom lotterylang.shell.cli import lot\nsys.exit(lot({list(words)!r}))"
        given = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", begin],
            stdin=far_end,
            stdout=far_end,
            stderr=far_end,
            start_new_session=True,
            env=given,
            close_fds=True,
        )
        os.close(far_end)
        self.unread = ""

    def __enter__(self) -> Typist:
        self.until("lot>")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.terminal, keys.encode())

    def until(self, wanted: str) -> str:
        """Read until a text appears; give what came up to its end. A deadline fails."""
        end = time.monotonic() + DEADLINE_S
        while True:
            plain = _CONTROLS.sub("", self.unread)
            at = plain.find(wanted)
            if at >= 0:
                self.unread = plain[at + len(wanted) :]
                return plain[: at + len(wanted)]
            ready, _, _ = select.select([self.terminal], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{wanted!r} did not appear in {plain!r}"
            try:
                self.unread += os.read(self.terminal, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                raise AssertionError(f"the program ended before {wanted!r}: {plain!r}") from None

    def enter(self, text: str, wanted: str, prompt: str = "lot>") -> str:
        """Type an entry, read what is wanted and the next prompt; give all that came."""
        self.type(text.replace("\n", "\r") + "\r")
        return self.until(wanted) + self.until(prompt)

    def status(self) -> int:
        """Wait for the end; give the exit status."""
        return self.process.wait(DEADLINE_S)
