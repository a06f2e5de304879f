"""A hard link to the secret: writing to its name leaves the secret as it is."""

from __future__ import annotations

from security_world import SECRET, Attack


def test_hard_link_written(attack: Attack) -> None:
    secret = attack.folder / "outside" / "secret.txt"
    (attack.folder / "out" / "twin").hardlink_to(secret)
    attack.call("write_file", path="out/twin", content="x")
    assert secret.read_text(encoding="utf-8") == SECRET
    attack.works()
