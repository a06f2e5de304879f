"""Fractions of different denominators grow with every term."""

from __future__ import annotations

from security_world import Attack


def test_calculator_growing_sum(attack: Attack) -> None:
    terms = "+".join(f"1/{n}^40" for n in range(101, 201))
    attack.refused("calculate", "ToolFailed", expression=terms)
    attack.refused("calculate", "ToolFailed", expression="*".join(["9^99"] * 120))
