"""`~` and `$HOME` are plain signs of a name."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "path", ["~/x", "~root/x", "$HOME/x", "${HOME}/x", "out/$(id)", "out/%2e%2e/outside/secret.txt"]
)
def test_home_and_variables(attack: Attack, path: str) -> None:
    attack.refused("read_file", "Denied", "NotFound", path=path)
