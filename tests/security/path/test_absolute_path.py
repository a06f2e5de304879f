"""An absolute path, of the host or of the secret itself."""

from __future__ import annotations

from security_world import Attack


def test_absolute_path(attack: Attack) -> None:
    attack.refused("read_file", "Denied", path="/etc/passwd")
    attack.refused("read_file", "Denied", path=str(attack.folder / "outside" / "secret.txt"))
    attack.refused("read_file", "Denied", path="//etc/passwd")
