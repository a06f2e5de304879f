"""A program that calls itself for ever."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "def again(n):\n    return again(n + 1)\nagain(0)",
        "again = lambda n: again(n + 1)\nagain(0)",
    ],
)
def test_monty_endless_recursion(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
