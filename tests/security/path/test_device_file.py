"""A device by its path, and by a symlink: `/dev/zero` has no end."""

from __future__ import annotations

from security_world import Attack


def test_device_file(attack: Attack) -> None:
    (attack.folder / "out" / "zero").symlink_to("/dev/zero")
    attack.refused("read_file", "Denied", path="out/zero")
    attack.refused("read_file", "Denied", path="/dev/zero")
    attack.refused("list_files", "Denied", folder="/proc/self/fd")
