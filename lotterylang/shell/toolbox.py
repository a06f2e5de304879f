"""Indexes of tools: searches of a toolbox in, the nearest of its tools out, as hits.

A tool's name is the title, what it does the text; they are ranked as a list is. To describe a tool runs nothing of its
own: a file of Python is read, and a package is loaded only where the host allows its tool. Next door: `outside.py`
opens tools, `indexes.py` answers searches of lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from lotterylang.check.annotated import Unread, does, functions_of
from lotterylang.check.program import ToolDeclaration
from lotterylang.check.standard import PREFIX, SEARCH
from lotterylang.run.effects import Find, Hit, Index, Reply
from lotterylang.syntax.diagnostics import error
from lotterylang.world.tools.opened import Opened


class Toolbox:
    """Answers searches of one index of tools, by somebody who answers searches of lists."""

    def __init__(self, tools: Sequence[Hit], lists: Index) -> None:
        self._tools, self._lists = tuple(tools), lists
        self.identity = f"{lists.identity}, of {', '.join(tool.title for tool in tools)}"

    def submit(self, effects: Sequence[Find]) -> list[Future[Reply]]:
        """Take searches to be answered in any order, one future each, and return at once."""
        return self._lists.submit([replace(effect, index=None, passages=self._tools) for effect in effects])

    def close(self) -> None:
        """Release nothing: lists are searched for others too."""


def described(
    declaration: ToolDeclaration, found: str, here: Path, is_allowed: bool, opened: Callable[[], Opened]
) -> Hit:
    """Say what a tool does, and what it takes under the names that the program gives.

    `found` is what answers it, with a file's path counted from `here`. Errors: LOT-E0605 where nothing answers it.
    """
    if declaration.provider == SEARCH:
        said = f"Find the passages of {', '.join(declaration.arguments)} that are nearest to a text."
    elif ":" in declaration.provider:
        said = _of_file(found, here)
    elif is_allowed or declaration.provider.startswith(PREFIX) or declaration.provider == "mcp":
        said = opened().definition.does
    else:
        said = ""
    params = ", ".join(f"{param.name}: {param.type}" for param in declaration.kind.params)
    return Hit(f"{said} Takes ({params}).".lstrip(), declaration.name, source=declaration.source)


def _of_file(found: str, here: Path) -> str:
    """Say what a function of a file does. Errors: LOT-E0605."""
    file, _, name = found.rpartition(":")
    try:
        functions = functions_of(here / file)
    except Unread as problem:
        raise error("LOT-E0605", f"`{file}`: {problem}", help="write `./FILE.py:FUNCTION`") from None
    if name not in functions:
        message, help = f"`{file}` defines no `{name}` with types", f"define `def {name}(…) -> …:` there"
        raise error("LOT-E0605", message, help=help)
    return does(functions[name])
