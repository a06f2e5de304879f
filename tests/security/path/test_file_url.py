"""An address where a path is wanted."""

from __future__ import annotations

from security_world import Attack


def test_file_url(attack: Attack) -> None:
    attack.refused("read_file", "Denied", path=f"file://{attack.folder}/outside/secret.txt")
