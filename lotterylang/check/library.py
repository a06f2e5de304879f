"""Declarations of the library's tools, judged by what those take and give.

A declaration may say less than the tool: a narrower type of what it gives, or a `where`, is judged at the run. What can
never fit is an error here. Enters: a declared tool. Errors: LOT-E0422. Next door: `signatures.py` has what is compared.
"""

from __future__ import annotations

from lotterylang.check import signatures, types
from lotterylang.check.names import close_name
from lotterylang.check.program import ToolDeclaration
from lotterylang.check.report import Report
from lotterylang.check.standard import PREFIX
from lotterylang.check.types import Type
from lotterylang.syntax import tree


def see_signature(tool: ToolDeclaration, report: Report) -> None:
    """See that a tool of the library is declared by what it takes and gives."""
    known = signatures.types().get(tool.provider.removeprefix(PREFIX))
    if known is None or not tool.provider.startswith(PREFIX):
        return
    shown = ", ".join(f"{param.name}: {param.type}" for param in known.params)
    told = f"it is `{known.name}({shown}) -> {known.result}`".replace("…", "any")
    _see_params(tool, known, told, report)
    if not _may_give(tool.kind.result, known.result):
        message = f"`{tool.provider}` never gives `{tool.kind.result}`"
        report.add("LOT-E0422", tool.node.result.span, message, "another type", help=told)


def _see_params(tool: ToolDeclaration, known: types.Tool, told: str, report: Report) -> None:
    """See that what is declared is the tool's: by name, or all of it in order under names of its own."""
    nodes, wanted = tool.node.params, {param.name: param for param in known.params}
    if not any(node.name in wanted for node in nodes):
        wanted = {node.name: param for node, param in zip(nodes, known.params, strict=False)}
    for node, field in zip(nodes, tool.kind.params, strict=True):
        param = wanted.get(node.name)
        if param is None:
            _refuse_name(tool, node, known, told, report)
        elif not _takes(field.type, param.type):
            message = f"`{tool.provider}` takes `{param.name}: {param.type}`, this is `{field.type}`"
            report.add("LOT-E0422", node.span, message, "another type", help=told)
    met = {wanted[node.name].name for node in nodes if node.name in wanted}
    for param in known.params:
        if param.name not in met:
            message = f"`{tool.provider}` needs `{param.name}: {param.type}`"
            report.add("LOT-E0422", tool.node.value.span, message, "too few parameters", help=told)


def _refuse_name(tool: ToolDeclaration, node: tree.Param, known: types.Tool, told: str, report: Report) -> None:
    close = close_name(node.name, [param.name for param in known.params])
    message = f"`{tool.provider}` takes no `{node.name}`"
    report.add("LOT-E0422", node.span, message, "no such parameter", help=f"write `{close}`" if close else told)


def _takes(given: Type, wanted: Type) -> bool:
    """Tell whether the tool takes every value of a declared type, as it crosses: an enum by the names of its cases."""
    match given, wanted:
        case types.Unknown(), _:
            return True
        case ((types.Text() | types.Literal() | types.Enum()), types.Text()):
            return True
        case types.List(a), types.List(b):
            return _takes(a, b)
        case types.Int(), types.Number():
            return True
    return given == wanted


def _may_give(declared: Type, given: Type) -> bool:
    """Tell whether a result of the tool may be read as the declared type."""
    match declared, given:
        case (types.Unknown(), _) | (_, types.Unknown()):
            return True
        case types.Maybe(item), _:
            return _may_give(item, given)
        case ((types.Text() | types.Literal() | types.Enum() | types.Bool()), (types.Text() | types.Enum())):
            return True
        case ((types.Int() | types.Number()), (types.Int() | types.Number())):
            return True
        case types.List(a), types.List(b):
            return _may_give(a, b)
        case types.Tuple(items), types.List(b):
            return all(_may_give(item, b) for item in items)
        case types.Map(key, a), types.Map(_, b):
            return _may_give(key, types.TEXT) and _may_give(a, b)
        case types.Record(_, fields), types.Map(_, b):
            return all(_may_give(field.type, b) for field in fields)
        case types.Map(_, a), types.Record(_, fields):
            return all(_may_give(a, field.type) for field in fields)
        case types.Record(_, own), types.Record(_, fields):
            theirs = {field.name: field.type for field in fields}
            return {field.name for field in own} == set(theirs) and all(_may_give(f.type, theirs[f.name]) for f in own)
    return declared == given
