"""A socket in the granted folder is no file to read."""

from __future__ import annotations

import os
import socket

from security_world import Attack


def test_socket_file(attack: Attack) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(f"/proc/self/fd/{os.open(attack.folder / 'out', os.O_RDONLY)}/door")
        attack.refused("read_file", "Denied", path="out/door")
