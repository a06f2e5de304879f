"""What is outside of a run: who answers its CALLs, FINDs and DEDUCEs, each opened at the first of them.

Enters: a checked program, and what the host allows. Leaves: the doors of a run. Tools live as long as the run, since
some keep state; what searches and what derives stays warm for the next run of the process. Next door: `session.py`
runs, `allowed.py` reads what the host allows, `indexes.py` opens indexes.
"""

from __future__ import annotations

import atexit
import os
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from lotterylang.check import program as checked
from lotterylang.check.indexes import TOOLBOX
from lotterylang.check.standard import SEARCH
from lotterylang.run import absent
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Hit, Index, Logic, Tool
from lotterylang.shell.allowed import Allowed, told
from lotterylang.world.model.progress import Progress

if TYPE_CHECKING:
    from lotterylang.world.tools.door import Tools
    from lotterylang.world.tools.opened import Opened


class Outside:
    """Who answers what no model does, for a run, or for all runs of a session."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._tools: Tools | None = None

    def doors(self, program: checked.Program, progress: Progress) -> Doors:
        """Give the doors of a program's run: behind some nobody is, if it does without them.

        `progress` is told of indexes that are built.
        """
        doors = Doors(
            partial(self._tool, program, progress), partial(self._index, program, progress), _logic, self._allowed.lets
        )
        return absent.without(doors, program.without)

    def close(self) -> None:
        """End the tools, with the state that some of them keep."""
        if self._tools is not None:
            self._tools.close()

    def _tool(self, program: checked.Program, progress: Progress, declaration: checked.ToolDeclaration) -> Tool:
        """Open what answers a tool. Errors: LOT-E0605 where nothing does."""
        if declaration.provider == SEARCH and declaration.arguments:
            from lotterylang.shell.searching import Searching

            index = self._index(program, progress, program.indexes[declaration.arguments[0]])
            return Searching(declaration.arguments[0], index)
        opened = self._opened(program, declaration)
        return self._shared().tool(declaration.name, opened)

    def _shared(self) -> Tools:
        """Give the processes that all tools of the run share."""
        from lotterylang.world.tools.door import Tools  # Pydantic is heavy: only a run that calls a tool pays for it

        if self._tools is None:
            self._tools = Tools({}, Path.cwd())
        return self._tools

    def _opened(self, program: checked.Program, declaration: checked.ToolDeclaration) -> Opened:
        from lotterylang.world.tools.opened import open_tool

        here = Path.cwd()
        names = [each.name for each in declaration.kind.params]
        ours, hosts = program.grants.get(declaration.name), self._allowed.grant(declaration)
        found, describe = _found(declaration, here), self._shared().describe
        return open_tool(found, names, here, told(ours), told(hosts), pure=declaration.pure, describe=describe)

    def _index(
        self, program: checked.Program, progress: Progress, declaration: checked.IndexDeclaration | None
    ) -> Index:
        """Open what answers an index, or searches of lists: built, or brought up to date."""
        from lotterylang.shell import indexes

        if declaration is None or declaration.provider != TOOLBOX:
            return indexes.answering(declaration, progress)
        from lotterylang.shell.toolbox import Toolbox

        tools = [program.tools[str(name)] for name in declaration.arguments]
        return Toolbox([self._described(program, tool) for tool in tools], indexes.answering(None, progress))

    def _described(self, program: checked.Program, tool: checked.ToolDeclaration) -> Hit:
        """Say what a tool does, as a hit. Errors: LOT-E0605 where nothing answers it."""
        from lotterylang.shell.toolbox import described

        here, is_allowed = Path.cwd(), self._allowed.lets(tool, program.grants.get(tool.name))
        return described(tool, _found(tool, here), here, is_allowed, partial(self._opened, program, tool))


def _found(declaration: checked.ToolDeclaration, here: Path) -> str:
    """Give what answers a tool. A file of Python lies where the file says that declares the tool, as an import does."""
    from lotterylang.world.tools.servers import written

    if declaration.provider == "mcp":
        return written(*declaration.arguments)
    path, of_file, function = declaration.provider.rpartition(":")
    if not of_file:
        return declaration.provider
    place = here / Path(declaration.node.span.source.name).parent / path
    return f"{os.path.relpath(place, here)}:{function}"


@cache
def _solver() -> Logic:
    from lotterylang.world.logic.open import Clingo

    solver = Clingo()
    atexit.register(solver.close)
    return solver


def _logic(declaration: checked.LogicDeclaration) -> Logic:
    """Give what derives: the same for every logic, and for every run of this process."""
    return _solver()
