"""Tree to checked program. Nothing runs here and no model is loaded; this room knows `syntax` only."""

from lotterylang.check.checker import CheckedExpression, check, check_expression
from lotterylang.check.program import Program

__all__ = ["CheckedExpression", "Program", "check", "check_expression"]
