"""A program that takes all memory."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "[0] * 10**10",
        "x = []\nwhile True:\n    x.append('a' * 10**6)",
        "bytearray(10**10)",
        "{n: 'a' * 100 for n in range(10**9)}",
    ],
)
def test_monty_fills_memory(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", "Timeout", code=code)
