"""Another case of the granted folder's name is another folder."""

from __future__ import annotations

from security_world import Attack


def test_case_of_a_name(attack: Attack) -> None:
    attack.refused("read_file", "Denied", path="OUT/note.txt")
    attack.refused("read_file", "Denied", path="OUTSIDE/secret.txt")
