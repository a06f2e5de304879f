"""A program that waits for somebody to type."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "input()",
        "import sys\nsys.stdin.read()",
    ],
)
def test_monty_asks_its_user(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
