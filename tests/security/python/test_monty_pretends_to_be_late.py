"""A program that says that it is out of time, so that nobody asks again."""

from __future__ import annotations

from security_world import Attack


def test_monty_pretends_to_be_late(attack: Attack) -> None:
    attack.refused("python", "ToolFailed", code="raise TimeoutError('feed')")
