"""Tools and indexes: what stands after `tool name(…) -> T =` or `index name =` in, what answers out.

Nothing is loaded; whether there is a tool of that name is found out at the run. Next door: `declared.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotterylang.check.program import IndexDeclaration, ToolDeclaration
from lotterylang.check.report import Report
from lotterylang.check.types import Tool
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree

READ_ONLY = frozenset(
    f"std.tools.{name}" for name in ("calculate", "same", "python", "search", "read_file", "list_files", "now")
)
"""Tools that change nothing outside. Every other one acts on the world, and needs a grant."""


_LOOKING = frozenset(f"std.tools.{name}" for name in ("search", "read_file", "list_files"))


def computes(tool: ToolDeclaration) -> bool:
    """Tell whether all that a tool gives is made of what it is given, or is the host's own, as the time is."""
    return not tool.acts and tool.provider not in _LOOKING


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


def index_of(node: tree.Index, report: Report) -> IndexDeclaration:
    """Read `hnsw("wiki.jsonl", embed = "all-minilm-l6-v2")`. Errors: LOT-E0424 for anything else."""
    value = node.value
    arguments: list[str | int] = []
    named: dict[str, str | int] = {}
    sound = isinstance(value, tree.Call) and isinstance(value.function, tree.Name)
    for arg in value.args if isinstance(value, tree.Call) else ():
        constant = _constant(arg.value if isinstance(arg, tree.NamedArg) else arg)
        if constant is None:
            sound = False
        elif isinstance(arg, tree.NamedArg):
            named[arg.name] = constant
        else:
            arguments.append(constant)
    provider = value.function.name if isinstance(value, tree.Call) and isinstance(value.function, tree.Name) else ""
    if not sound:
        message = f"the index `{node.name}` is not declared by what holds it and constants"
        help = 'write `hnsw("wiki.jsonl", embed = "all-minilm-l6-v2")`'
        report.add("LOT-E0424", value.span, message, "no index", help=help)
    return IndexDeclaration(node.name, provider, tuple(arguments), tuple(named.items()), value.span.text, node)


def _constant(node: object) -> str | int | None:
    if isinstance(node, tree.Number) and isinstance(node.value, int):
        return node.value
    return constant_text(node)


def _path(node: object) -> Iterator[str]:
    """Yield the names of `std.tools.calculate`; nothing for any other expression."""
    names: list[str] = []
    while isinstance(node, tree.Attribute):
        names.append(node.name)
        node = node.target
    if isinstance(node, tree.Name):
        yield node.name
        yield from reversed(names)
