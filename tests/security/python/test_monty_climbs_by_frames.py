"""A program that climbs from a generator or an error to the frames around it."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "(x for x in [1]).gi_frame",
        "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__.tb_frame",
        "import sys\nsys._getframe()",
    ],
)
def test_monty_climbs_by_frames(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
