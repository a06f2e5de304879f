"""Tree to checked program. Nothing runs here and no model is loaded; this room knows `syntax` only."""

from lotterylang.check.checker import (
    CheckedEntry,
    CheckedExpression,
    check,
    check_entry,
    check_expression,
    check_module,
)
from lotterylang.check.program import Program

__all__ = [
    "CheckedEntry",
    "CheckedExpression",
    "Program",
    "check",
    "check_entry",
    "check_expression",
    "check_module",
]
