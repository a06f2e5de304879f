"""A program that prints without an end."""

from __future__ import annotations

from security_world import Attack


def test_monty_endless_output(attack: Attack) -> None:
    attack.refused("python", "ToolFailed", "Timeout", code="while True:\n    print('x' * 1000)")
