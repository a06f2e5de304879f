"""Tools: what stands after `tool name(…) -> T =` in, what answers out.

Nothing is loaded: only of `std.tools` it is known here which there are; whether there is a tool of another name is
found out at the run. Next door: `standard.py` lists those of the library, `declared.py` calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lotterylang.check.modules import Declarations
from lotterylang.check.names import close_name
from lotterylang.check.program import ToolDeclaration
from lotterylang.check.report import Report
from lotterylang.check.standard import OWN, PREFIX, SEARCH, SERVER, STANDARD, Traits
from lotterylang.check.types import Tool
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree


def tool_of(node: tree.Tool, kind: Tool, nodes: Declarations, report: Report) -> ToolDeclaration:
    """Read `std.tools.calculate`, `shop.price`, `"./shop.py:price"`, `mcp("python server.py", "add")`.

    Errors: LOT-E0422 for anything else; then the tool is in error, and nothing more is said of it.
    """
    provider, arguments = _provider(node.value)
    traits = _traits(provider)
    is_mistaken = True
    if provider == "mcp" and len(arguments) != 2:
        message, help = "a tool of a server is its command and its name", 'write `mcp("python server.py", "add")`'
        report.add("LOT-E0422", node.value.span, message, "no such tool", help=help)
    elif provider == SEARCH and any(name not in nodes.indexes for name in arguments):
        message, help = f"there is no index `{arguments[0]}` to search", "declare it: `index wiki = hnsw(…)`"
        report.add("LOT-E0422", node.value.span, message, "no index", help=help)
    elif not provider:
        message = f"the tool `{node.name}` is not declared by what answers it"
        help = 'write a name with points, as in `= std.tools.calculate`, or `= "./FILE.py:FUNCTION"`'
        report.add("LOT-E0422", node.value.span, message, "no name of a tool", help=help)
    elif traits is None:
        close = close_name(provider, [PREFIX + name for name in STANDARD])
        help = f"write `{close}`" if close else f"there are {', '.join(sorted(STANDARD))}"
        report.add("LOT-E0422", node.value.span, f"there is no `{provider}`", "no such tool", help=help)
    else:
        is_mistaken = False
    if is_mistaken:
        nodes.in_error.add(node.name)
    traits = traits or OWN
    source = node.value.span.text
    return ToolDeclaration(node.name, kind, provider, arguments, source, traits.acts, traits.leave, node)


def provider_of(node: tree.Tool) -> str:
    """Give what answers a tool, by its name or its file; an empty name where it is neither."""
    return _provider(node.value)[0]


def _traits(provider: str) -> Traits | None:
    """Tell what a tool does outside; None where `std.tools` has no such tool."""
    if provider.startswith(PREFIX):
        return STANDARD.get(provider.removeprefix(PREFIX))
    return SERVER if provider == "mcp" else OWN


_FILE = re.compile(r"[^:]+\.py:[A-Za-z]\w*")
"""`./shop.py:price`: a file of Python, and a function in it."""


def _provider(value: tree.Expr) -> tuple[str, tuple[str, ...]]:
    """Give what answers, and what it is told; an empty name where it is neither a name with points nor a file."""
    written = constant_text(value)
    if written is not None:
        return (written if _FILE.fullmatch(written) else ""), ()
    function = value.function if isinstance(value, tree.Call) else value
    args = value.args if isinstance(value, tree.Call) else ()
    told = tuple(arg.name if isinstance(arg, tree.Name) else constant_text(arg) for arg in args)
    return ".".join(_path(function)), tuple(each for each in told if each is not None)


def _path(node: object) -> Iterator[str]:
    """Yield the names of `std.tools.calculate`; nothing for any other expression."""
    names: list[str] = []
    while isinstance(node, tree.Attribute):
        names.append(node.name)
        node = node.target
    if isinstance(node, tree.Name):
        yield node.name
        yield from reversed(names)
