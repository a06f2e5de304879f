"""A folder whose name begins as the granted one: `out` is no prefix of `outside`."""

from __future__ import annotations

from security_world import Attack


def test_prefix_of_a_name(attack: Attack) -> None:
    attack.refused("read_file", "Denied", path="outside/secret.txt")
    attack.refused("list_files", "Denied", folder="outside")
