"""A pattern that goes back for ever, on a text made for it."""

from __future__ import annotations

from security_world import Attack


def test_monty_endless_pattern(attack: Attack) -> None:
    attack.refused("python", "Timeout", "ToolFailed", code="import re\nwhile True:\n    re.match('(a+)+b', 'a' * 28)")
