"""A program that leaves something behind for the next one."""

from __future__ import annotations

from security_world import Attack

from lotterylang.run.effects import Called


def test_monty_keeps_something(attack: Attack) -> None:
    assert attack.call("python", code="import math\nmath.left = 1\nleft = 1\nprint(left)") != Called("2\n")
    attack.refused("python", "ToolFailed", code="left")
    attack.refused("python", "ToolFailed", code="import math\nmath.left")
