"""A number that takes all time or memory."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "10 ** 10 ** 9",
        "1 << 10 ** 10",
        "x = 3\nwhile True:\n    x = x * x",
    ],
)
def test_monty_huge_number(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", "Timeout", code=code)
