"""A path of endless length or depth."""

from __future__ import annotations

from security_world import Attack


def test_endless_path(attack: Attack) -> None:
    attack.refused("read_file", "Denied", path="out/" + "a/" * 5_000)
    attack.refused("read_file", "Denied", path="out/" + "a" * 400)
