"""A folder of the way becomes a symlink after the grant was made."""

from __future__ import annotations

from security_world import Attack


def test_symlink_in_the_middle(attack: Attack) -> None:
    (attack.folder / "out" / "inner").rmdir()
    (attack.folder / "out" / "inner").symlink_to("../outside", target_is_directory=True)
    attack.refused("read_file", "Denied", path="out/inner/secret.txt")
