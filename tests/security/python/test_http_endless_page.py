"""A page without end, and one that is no text."""

from __future__ import annotations

from security_world import Attack


def test_http_endless_page(attack: Attack) -> None:
    attack.refused("http", "ToolFailed", url=f"{attack.url}/endless")
    attack.refused("http", "ToolFailed", url=f"{attack.url}/bytes")
