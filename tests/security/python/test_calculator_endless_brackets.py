"""Brackets and signs as deep as an expression may be long."""

from __future__ import annotations

from security_world import Attack

from lotterylang.run.effects import Called


def test_calculator_endless_brackets(attack: Attack) -> None:
    attack.refused("calculate", "ToolFailed", expression="(" * 1_000)
    attack.refused("calculate", "ToolFailed", expression="-" * 1_000)
    attack.refused("calculate", "ToolFailed", expression="1" * 100_000)
    assert attack.call("calculate", expression="(" * 400 + "1" + ")" * 400) == Called(1)
