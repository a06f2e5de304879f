"""Tools: what stands after `tool name(…) -> T =` in, what answers out.

Nothing is loaded; whether there is a tool of that name is found out at the run. Next door: `declared.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotterylang.check.program import ToolDeclaration
from lotterylang.check.report import Report
from lotterylang.check.types import Tool
from lotterylang.syntax import tree

READ_ONLY = frozenset(
    f"std.tools.{name}" for name in ("calculate", "same", "python", "search", "read_file", "list_files", "now")
)
"""Tools that change nothing outside. Every other one acts on the world, and needs a grant."""


def tool_of(node: tree.Tool, kind: Tool, report: Report) -> ToolDeclaration:
    """Read `std.tools.calculate` or `std.tools.search(wiki)`. Errors: LOT-E0422 for anything else."""
    value = node.value.function if isinstance(node.value, tree.Call) else node.value
    provider = ".".join(_path(value))
    if not provider:
        message = f"the tool `{node.name}` is not declared by what answers it"
        help = "write a name with points, as in `= std.tools.calculate`"
        report.add("LOT-E0422", node.value.span, message, "no name of a tool", help=help)
    acts = bool(provider) and provider not in READ_ONLY
    return ToolDeclaration(node.name, kind, provider, node.value.span.text, acts, node)


def _path(node: object) -> Iterator[str]:
    """Yield the names of `std.tools.calculate`; nothing for any other expression."""
    names: list[str] = []
    while isinstance(node, tree.Attribute):
        names.append(node.name)
        node = node.target
    if isinstance(node, tree.Name):
        yield node.name
        yield from reversed(names)
