"""The doors of a run: who answers what no model does, and who says so where nobody does.

Next door: `runner.py` opens each at its first use; `absent.py` closes those that a run does without.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lotterylang.check.program import Grant, IndexDeclaration, LogicDeclaration, ToolDeclaration
from lotterylang.run.effects import Index, Logic, Tool
from lotterylang.syntax.diagnostics import error

OpenIndex = Callable[[IndexDeclaration | None], Index]
"""Opens what answers an index, or searches of lists (None); called at its first use."""

OpenLogic = Callable[[LogicDeclaration], Logic]
"""Opens what derives by a logic's rules; called at its first use."""

OpenTool = Callable[[ToolDeclaration], Tool]
"""Opens what answers a declared tool; called at its first use."""


def no_tool(declaration: ToolDeclaration) -> Tool:
    """Say that nothing answers a tool. Errors: LOT-E0605."""
    name = declaration.name
    message = f"nothing answers the tool `{name}`: there is no `{declaration.source}` here"
    raise error("LOT-E0605", message, help=f"an example can stand in: `given {name} replies {{ _ => … }}`")


def no_index(declaration: IndexDeclaration | None) -> Index:
    """Say that nothing answers an index, or searches of lists. Errors: LOT-E0605."""
    if declaration is None:
        help = 'an example can stand in: `given FUNCTION replies { _ => ["…"] }`'
        raise error("LOT-E0605", "nothing answers FIND in a list: there is no search here", help=help)
    name = declaration.name
    message = f"nothing answers the index `{name}`: there is no `{declaration.provider}` here"
    raise error("LOT-E0605", message, help=f'an example can stand in: `given {name} = ["…"]`')


def no_logic(declaration: LogicDeclaration) -> Logic:
    """Say that nothing derives. Errors: LOT-E0605."""
    name = declaration.name
    message = f"nothing answers the logic `{name}`: there is no solver here"
    raise error("LOT-E0605", message, help=f"an example can stand in: `given {name} = Sat(…)`")


def nobody(declaration: ToolDeclaration, grant: Grant | None) -> bool:
    """Let no tool act."""
    return False


@dataclass(frozen=True, slots=True)
class Doors:
    """Who answers what no model does: how each is opened."""

    tool: OpenTool = no_tool
    index: OpenIndex = no_index
    logic: OpenLogic = no_logic
    allows: Callable[[ToolDeclaration, Grant | None], bool] = nobody
    """Whether the host lets a tool act, within what the program grants itself."""
