"""Dots that climb out and come back: which names lie outside must not be told."""

from __future__ import annotations

from security_world import Attack


def test_dots_that_come_back(attack: Attack) -> None:
    one = attack.refused("read_file", "Denied", path="out/../out/note.txt")
    other = attack.refused("read_file", "Denied", path="out/../nowhere/note.txt")
    assert one.partition("climbs")[2] == other.partition("climbs")[2]
