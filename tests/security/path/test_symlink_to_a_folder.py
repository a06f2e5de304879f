"""A symlink in the granted folder that leads to a folder outside."""

from __future__ import annotations

from security_world import Attack


def test_symlink_to_a_folder(attack: Attack) -> None:
    (attack.folder / "out" / "way").symlink_to(attack.folder / "outside")
    attack.refused("read_file", "Denied", path="out/way/secret.txt")
    attack.refused("write_file", "Denied", path="out/way/new.txt", content="x")
    attack.refused("list_files", "Denied", folder="out/way")
