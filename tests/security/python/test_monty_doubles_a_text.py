"""A text that doubles until nothing is left."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "x = 'a'\nwhile True:\n    x = x + x",
        "'a' * 10**10",
        "'{:>10000000000}'.format(1)",
    ],
)
def test_monty_doubles_a_text(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
