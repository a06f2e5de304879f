"""Calls `lot` inside the test's process and catches what it prints."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass

from lotterylang.shell import cli


@dataclass(frozen=True)
class Printed:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


class _Stream(io.StringIO):
    """Standard input or output that has bytes too."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__()
        self.buffer = io.BytesIO(content)


def lot(*words: str, stdin: bytes = b"") -> Printed:
    """Run `lot WORDS`."""
    out, err, outer = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = _Stream(stdin)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cli.lot(list(words))
    finally:
        sys.stdin = outer
    return Printed(status, out.getvalue(), err.getvalue())
