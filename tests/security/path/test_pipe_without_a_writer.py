"""A named pipe in the granted folder would keep whoever opens it waiting."""

from __future__ import annotations

import os

from security_world import Attack


def test_pipe_without_a_writer(attack: Attack) -> None:
    os.mkfifo(attack.folder / "out" / "pipe")
    attack.refused("read_file", "Denied", path="out/pipe")
    attack.refused("write_file", "Denied", path="out/pipe", content="x")
