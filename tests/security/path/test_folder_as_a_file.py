"""The granted folder itself is no file, to read or to write."""

from __future__ import annotations

from security_world import Attack


def test_folder_as_a_file(attack: Attack) -> None:
    attack.refused("read_file", "Denied", path="out")
    attack.refused("write_file", "Denied", path="out/", content="x")
    attack.refused("write_file", "Denied", path="out/inner", content="x")
