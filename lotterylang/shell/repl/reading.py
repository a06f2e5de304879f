"""Where entries come from: a terminal or a pipe. An entry goes on while brackets or triple quotes are open.

Next door: `terminal.py` is imported for a terminal only, so that a pipe needs nothing of it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol

from lotterylang.shell.repl.entry import is_open
from lotterylang.syntax.diagnostics import error

Complete = Callable[[str], tuple[str, list[str]]]
"""Takes the text before the cursor; gives the word that was begun, and how it may be completed."""


class Reader(Protocol):
    """Reads entries."""

    is_terminal: bool

    def read(self, prompt: str) -> str:
        """Give the next entry. Errors: EOFError at the end, KeyboardInterrupt, LOT-E0612."""
        ...


def reader(complete: Complete) -> Reader:
    """Give the reader of this process's standard input."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        from lotterylang.shell.repl.terminal import Terminal

        return Terminal(complete)
    return Pipe()


class Pipe:
    """Lines, without prompts and without features of a terminal."""

    is_terminal = False

    def read(self, prompt: str) -> str:
        """Give the next entry."""
        text = self._line()
        while is_open(text):
            try:
                text += "\n" + self._line()
            except EOFError:
                return text
        return text

    def _line(self) -> str:
        line = sys.stdin.buffer.readline()
        if not line:
            raise EOFError
        try:
            return line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise error("LOT-E0612", "this line is not UTF-8 text", help="send the text as UTF-8") from None
