"""Grants: which tools that act on the world a program may call, by its `uses`.

Only the main file grants: a library can't give itself what its user did not. The host grants too, by `--allow`, and
both are needed; a run without the host's is `Denied`. Next door: `outside.py` judges CALL, `run/runner.py` asks both.
"""

from __future__ import annotations

from collections.abc import Mapping

from lotterylang.check.names import close_name
from lotterylang.check.program import Grant, ToolDeclaration
from lotterylang.check.report import Report
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree


def grants_of(nodes: list[tree.Uses], tools: Mapping[str, ToolDeclaration], report: Report) -> dict[str, Grant]:
    """Read the grants of the main file, by the names of their tools. Errors: LOT-E0522."""
    found: dict[str, Grant] = {}
    for node in nodes:
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
        for tool in meant:
            if not tool.acts:
                message, help = f"`{tool.name}` changes nothing outside, so it needs no grant", "remove this line"
                report.add("LOT-E0522", node.span, message, "not needed", help=help)
            found[tool.name] = Grant(node.tool, limits)
    return found


def names_of(tool: ToolDeclaration) -> tuple[str, ...]:
    """List what a grant may call a tool: its name here, what answers it, and the last word of that."""
    return (tool.name, tool.provider, tool.provider.split(".")[-1])
