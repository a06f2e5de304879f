"""Source that is nested deeper than any parser goes."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize("part", ["(", "[", "-", "not ", "{1: ", "lambda: "])
def test_monty_deep_source(attack: Attack, part: str) -> None:
    attack.refused("python", "ToolFailed", code=part * 3_000 + "1")
