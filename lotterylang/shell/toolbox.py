"""Indexes of tools: searches of a toolbox in, the nearest of its tools out, as hits.

A tool's name is the title, what it does the text; they are ranked as a list is. Next door: `outside.py` opens tools,
`indexes.py` answers searches of lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from lotterylang.check.program import ToolDeclaration
from lotterylang.run.effects import Find, Hit, Index, Reply
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


def described(declaration: ToolDeclaration, opened: Opened) -> Hit:
    """Say what a tool does, and what it takes under the names that the program gives."""
    params = ", ".join(f"{param.name}: {param.type}" for param in declaration.kind.params)
    return Hit(f"{opened.definition.does} Takes ({params}).", declaration.name, source=declaration.source)
