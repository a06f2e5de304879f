"""Backslashes divide names on some systems."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize("path", ["out\\..\\outside\\secret.txt", "..\\outside", "out/..\\..\\x"])
def test_backslash_in_a_path(attack: Attack, path: str) -> None:
    attack.refused("read_file", "Denied", path=path)
