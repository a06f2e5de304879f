"""A power whose digits no memory holds is refused before it is made."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "expression",
    [
        "9^9^9^9",
        "2^(10^12)",
        "(1/3)^99999999",
        "10^-99999999",
        "((2^6000)^6000)^6000",
        "1e9999^9999",
        "factorial(100000)",
        "factorial(500)^500",
    ],
)
def test_calculator_tower_of_powers(attack: Attack, expression: str) -> None:
    attack.refused("calculate", "ToolFailed", expression=expression)
