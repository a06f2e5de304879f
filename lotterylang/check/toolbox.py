"""Tools and indexes: what stands after `tool name(…) -> T =` or `index name =` in, what answers out.

Nothing is loaded: only of `std.tools` it is known here which there are; whether there is a tool of another name is
found out at the run. Next door: `standard.py` lists those of the library, `declared.py` calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lotterylang.check.names import close_name
from lotterylang.check.program import IndexDeclaration, ToolDeclaration
from lotterylang.check.report import Report
from lotterylang.check.standard import OWN, PREFIX, STANDARD
from lotterylang.check.types import Tool
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree


def tool_of(node: tree.Tool, kind: Tool, report: Report) -> ToolDeclaration:
    """Read `std.tools.calculate`, `shop.price`, `"./shop.py:price"`. Errors: LOT-E0422 for anything else."""
    provider, arguments = _provider(node.value)
    traits = STANDARD.get(provider.removeprefix(PREFIX)) if provider.startswith(PREFIX) else OWN
    if not provider:
        message = f"the tool `{node.name}` is not declared by what answers it"
        help = 'write a name with points, as in `= std.tools.calculate`, or `= "./FILE.py:FUNCTION"`'
        report.add("LOT-E0422", node.value.span, message, "no name of a tool", help=help)
    elif traits is None:
        close = close_name(provider, [PREFIX + name for name in STANDARD])
        help = f"write `{close}`" if close else f"there are {', '.join(sorted(STANDARD))}"
        report.add("LOT-E0422", node.value.span, f"there is no `{provider}`", "no such tool", help=help)
    traits = traits or OWN
    source = node.value.span.text
    return ToolDeclaration(node.name, kind, provider, arguments, source, traits.acts, traits.leave, node)


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
