"""Python in an expression is no arithmetic."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('id')",
        "().__class__",
        "open('/etc/passwd')",
        "lambda: 1",
        "[1 for x in y]",
        "1 if 1 else 2",
        "exec(1)",
        "{1}",
        "a = 1",
        "1; 2",
    ],
)
def test_calculator_evaluates_python(attack: Attack, expression: str) -> None:
    attack.refused("calculate", "ToolFailed", expression=expression)
