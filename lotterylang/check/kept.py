"""`kept in file("solved.db")`: which file holds a memory beyond the run, and whether it can.

Nothing is opened; a path is as it stands, from the folder in which the program is run. Next door: `declared.py`.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.report import Report
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree


def file_of(node: tree.Memory, held: types.Type, report: Report) -> str | None:
    """Name the file that keeps a memory, None for memory of one run. Errors: LOT-E0530."""
    if node.kept is None:
        return None
    path = constant_text(node.kept_args[0]) if node.kept == "file" and len(node.kept_args) == 1 else None
    if not path or "\0" in path:
        message = f"`{node.name}` is not kept in a file"
        help = 'write `kept in file("solved.db")`, the path a constant text'
        report.add("LOT-E0530", node.span, message, "no file", help=help)
        return None
    if not can_be_kept(held):
        help = "keep its parts: texts, numbers, bools, cases, and lists, maps, records and calls of them"
        report.add("LOT-E0530", node.type.span, f"`{held}` can't be kept in a file", "not to be kept", help=help)
    return path


def can_be_kept(kind: types.Type) -> bool:
    """Tell whether all values of a type can be written down and read again."""
    match kind:
        case types.Maybe(item) | types.List(item):
            return can_be_kept(item)
        case types.Tuple(items):
            return all(map(can_be_kept, items))
        case types.Map(key, value):
            return can_be_kept(key) and can_be_kept(value)
        case types.Record(_, fields):
            return all(can_be_kept(field.type) for field in fields)
    plain = types.Text | types.Int | types.Number | types.Bool | types.Nothing | types.Literal | types.Unknown
    return isinstance(kind, plain | types.Enum | types.ToolCall)
