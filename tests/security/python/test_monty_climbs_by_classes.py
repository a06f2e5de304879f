"""A program that climbs from a value to all classes."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "().__class__.__bases__[0].__subclasses__()",
        "''.__class__.__mro__",
        "type(1).__subclasses__(type)",
        "(lambda: 0).__globals__",
        "(lambda: 0).__code__",
    ],
)
def test_monty_climbs_by_classes(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
