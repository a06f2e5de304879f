"""What is outside of a run: who answers its CALLs and DEDUCEs, each opened at the first of them.

Enters: a checked program, and what the host allows. Leaves: the doors of a run. Tools live as long as the run, since
some keep state; what derives stays warm for the next run of the process. Next door: `session.py` runs, `allowed.py`
reads what the host allows.
"""

from __future__ import annotations

import atexit
import os
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from lotterylang.check import program as checked
from lotterylang.run import absent
from lotterylang.run.doors import Doors
from lotterylang.run.effects import Logic, Tool
from lotterylang.shell.allowed import Allowed

if TYPE_CHECKING:
    from lotterylang.world.tools.door import Tools
    from lotterylang.world.tools.grants import Grant


class Outside:
    """Who answers what no model does, for a run, or for all runs of a session."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._tools: Tools | None = None

    def doors(self, program: checked.Program) -> Doors:
        """Give the doors of a program's run: behind some nobody is, if it does without them."""
        doors = Doors(tool=partial(self._tool, program), logic=_logic, allows=self._allowed.lets)
        return absent.without(doors, program.without)

    def close(self) -> None:
        """End the tools, with the state that some of them keep."""
        if self._tools is not None:
            self._tools.close()

    def _tool(self, program: checked.Program, declaration: checked.ToolDeclaration) -> Tool:
        """Open what answers a tool. Errors: LOT-E0605 where nothing does."""
        from lotterylang.world.tools.door import Tools  # Pydantic is heavy: only a run that calls a tool pays for it
        from lotterylang.world.tools.opened import open_tool

        here = Path.cwd()
        if self._tools is None:
            self._tools = Tools({}, here)
        names = [each.name for each in declaration.kind.params]
        ours, hosts = program.grants.get(declaration.name), self._allowed.grant(declaration)
        opened = open_tool(_found(declaration, here), names, here, _told(ours), _told(hosts))
        return self._tools.tool(declaration.name, opened)


def _found(declaration: checked.ToolDeclaration, here: Path) -> str:
    """Give what answers a tool. A file of Python lies where the file says that declares the tool, as an import does."""
    path, of_file, function = declaration.provider.rpartition(":")
    if not of_file:
        return declaration.provider
    place = here / Path(declaration.node.span.source.name).parent / path
    return f"{os.path.relpath(place, here)}:{function}"


def _told(grant: checked.Grant | None) -> Grant | None:
    """Give a grant as the tools know it."""
    from lotterylang.world.tools.grants import Grant

    return None if grant is None else Grant(grant.tool, grant.limits)


@cache
def _solver() -> Logic:
    from lotterylang.world.logic.open import Clingo

    solver = Clingo()
    atexit.register(solver.close)
    return solver


def _logic(declaration: checked.LogicDeclaration) -> Logic:
    """Give what derives: the same for every logic, and for every run of this process."""
    return _solver()
