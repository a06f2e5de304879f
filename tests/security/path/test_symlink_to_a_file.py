"""A symlink in the granted folder that leads to the secret."""

from __future__ import annotations

from security_world import Attack


def test_symlink_to_a_file(attack: Attack) -> None:
    (attack.folder / "out" / "link").symlink_to(attack.folder / "outside" / "secret.txt")
    attack.refused("read_file", "Denied", path="out/link")
    attack.refused("write_file", "Denied", path="out/link", content="x")
    listed = attack.call("list_files", folder="out")
    assert "link" not in repr(listed)
