"""A NUL ends a path for the system, but not for who compares it."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize("path", ["out/note.txt\0.png", "outside/secret.txt\0out/", "\0", "out/\n/x", ""])
def test_nul_in_a_path(attack: Attack, path: str) -> None:
    attack.refused("read_file", "Denied", "ToolFailed", path=path)
