"""A program that takes from a source without an end."""

from __future__ import annotations

from security_world import Attack


def test_monty_endless_generator(attack: Attack) -> None:
    code = "def endless():\n    while True:\n        yield 1\nsum(endless())"
    attack.refused("python", "Timeout", "ToolFailed", code=code)
