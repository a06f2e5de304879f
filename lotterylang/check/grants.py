"""Grants: which tools that act on the world, or read what is outside, a program may call, by its `uses`.

Only the main file grants: a library can't give itself what its user did not. The host grants too, by `--allow`, and
both are needed; a run without the host's is `Denied`. Next door: `outside.py` judges CALL, `run/runner.py` asks both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lotterylang.check.modules import Declarations
from lotterylang.check.names import close_name
from lotterylang.check.program import Grant, ToolDeclaration
from lotterylang.check.report import Report
from lotterylang.check.standard import EXAMPLES, PREFIX
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree


def grants_of(nodes: Declarations, tools: Mapping[str, ToolDeclaration], report: Report) -> dict[str, Grant]:
    """Read the grants of the main file, by the names of their tools. Errors: LOT-E0522."""
    found: dict[str, Grant] = {}
    for node in nodes.uses:
        limits = tuple(text for arg in node.args if (text := constant_text(arg)) is not None)
        meant = [tool for tool in tools.values() if node.tool in names_of(tool)]
        if len(limits) < len(node.args):
            message = "a grant is limited by constant texts"
            help = f'write `uses tool {node.tool}("out/")`'
            report.add("LOT-E0522", node.span, message, "no constant text", help=help)
        elif not meant:
            close = close_name(node.tool, [name for tool in tools.values() for name in names_of(tool)])
            help = f"write `{close}`" if close else f"declare it: `tool name(…) -> … = {node.tool}`"
            report.add("LOT-E0522", node.span, f"no tool is called `{node.tool}`", "no such tool", help=help)
        for tool in (each for each in meant if each.name not in nodes.in_error):
            if node.is_pure and tool.provider.startswith(PREFIX):
                message, help = f"`{tool.name}` is the library's, which says what it does", "leave out `pure`"
                report.add("LOT-E0522", node.span, message, "not for the program to say", help=help)
            elif tool.leave is None:
                message, help = f"`{tool.name}` touches nothing outside, so it needs no grant", "remove this line"
                report.add("LOT-E0522", node.span, message, "not needed", help=help)
            elif tool.leave and not node.args:
                message, help = f"`uses tool {node.tool}` names no {tool.leave}", f"write `{wanted(tool, node.tool)}`"
                report.add("LOT-E0522", node.span, message, f"which {tool.leave}", help=help)
            before = found[tool.name].limits if tool.name in found else ()
            found[tool.name] = Grant(node.tool, before + limits)
    return found


def pure_tools(nodes: list[tree.Uses], tools: Mapping[str, ToolDeclaration]) -> list[str]:
    """List the tools of which all that grants them says that they only compute; the library's are as they are."""
    own = {name: names_of(tool) for name, tool in tools.items() if not tool.provider.startswith(PREFIX)}
    said = {name: [node.is_pure for node in nodes if node.tool in names] for name, names in own.items()}
    return [name for name, every in said.items() if every and all(every)]


def names_of(tool: ToolDeclaration) -> tuple[str, ...]:
    """List what a grant may call a tool: its name here, what answers it, and the last word of that."""
    return (tool.name, tool.provider, short_name(tool))


def short_name(tool: ToolDeclaration) -> str:
    """Give the last word of what answers a tool: `write_file`, or `price` of `./shop.py:price`."""
    return re.split("[.:/]", tool.provider)[-1]


def wanted(tool: ToolDeclaration, name: str) -> str:
    """Write a grant of the kind that a tool needs, as an example."""
    if tool.provider == "mcp":
        return f'uses tool {name}("{tool.arguments[0]}")'
    return f'uses tool {name}("{EXAMPLES[tool.leave]}")' if tool.leave else f"uses tool {name}"
