"""Dots that climb out of the granted folder, in every place of a path."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "path", ["out/../outside/secret.txt", "../x", "out/..", "out/inner/../../outside/secret.txt", "./out/./../x"]
)
def test_dots_climb(attack: Attack, path: str) -> None:
    attack.refused("read_file", "Denied", path=path)
    attack.refused("write_file", "Denied", path=path, content="x")
