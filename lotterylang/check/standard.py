"""The tools of `std.tools` as the checker knows them: which there are, which of them act, which need leave.

The functions are a room of the world, which the checker may not open; a test holds this table against them. Next door:
`toolbox.py` reads declarations by it, `grants.py` says who needs leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lotterylang.check.program import ToolDeclaration

PREFIX = "std.tools."

SEARCH = "std.tools.search"
"""The tool that is told what it searches: `std.tools.search(wiki)`."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a tool does outside of the run.

    `acts`: it changes something, so its calls run in order, each once. `leave`: what `uses` must name within which it
    stays ("folder"); "" where naming the tool is enough; None where it needs no leave.
    """

    acts: bool
    leave: str | None


OWN = Traits(acts=True, leave="")
"""A tool of one's own may do anything."""

SERVER = Traits(acts=True, leave="command")
"""So may a server of MCP; the command that starts it is its leave."""

_COMPUTES = """
calculate now today days_between add_days add_months weekday same length count_words count_of upper lower reverse
replace split sort_lines total mean median deviation quantile correlation python search
"""

STANDARD: Mapping[str, Traits] = {
    **{name: Traits(acts=False, leave=None) for name in _COMPUTES.split()},
    "read_file": Traits(acts=False, leave="folder"),
    "list_files": Traits(acts=False, leave="folder"),
    "write_file": Traits(acts=True, leave="folder"),
    "sql": Traits(acts=False, leave="file"),
    "http": Traits(acts=False, leave="host"),
    "wikipedia": Traits(acts=False, leave="host"),
    "run": Traits(acts=True, leave="command"),
    "tictactoe_start": Traits(acts=True, leave=None),  # its game is gone with the run, but moves have an order
    "tictactoe_play": Traits(acts=True, leave=None),
}
"""Every tool of the library by its name."""

EXAMPLES: Mapping[str, str] = {
    "folder": "out/",
    "file": "sales.db",
    "host": "api.example.org",
    "command": "git log --oneline",
}
"""What `uses` may name of each kind."""


def acts_outside(tool: ToolDeclaration) -> bool:
    """Tell whether a tool changes what outlives the run: a game that is gone with it does not."""
    return tool.acts and tool.leave is not None


def computes(tool: ToolDeclaration) -> bool:
    """Tell whether all that a tool gives is made of what it is given, or is the host's own, as the time is."""
    return tool.pure or (tool.leave is None and tool.provider != SEARCH)
