"""A program that never ends."""

from __future__ import annotations

from security_world import Attack


def test_monty_endless_loop(attack: Attack) -> None:
    attack.refused("python", "Timeout", code="while True:\n    pass")
