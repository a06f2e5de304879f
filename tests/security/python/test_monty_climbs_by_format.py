"""A format text that looks up attributes."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "'{0.__class__.__mro__}'.format(1)",
        "'{0.__init__.__globals__}'.format(print)",
    ],
)
def test_monty_climbs_by_format(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
