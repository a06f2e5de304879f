"""No words, and words that are no texts."""

from __future__ import annotations

from security_world import Attack


def test_run_nothing(attack: Attack) -> None:
    attack.refused("run", "Denied", words=[])
    attack.refused("run", "ToolFailed", words="echo hello")
    attack.refused("run", "ToolFailed", words=["echo", 1])
