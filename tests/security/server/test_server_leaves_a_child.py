"""A server that starts a process of its own, and hangs: both are ended."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lotterylang.run.effects import Failed


def test_server_leaves_a_child(attack, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    mark = tmp_path / "mark"
    reply = attack("child", mark=str(mark))
    assert isinstance(reply, Failed) and reply.kind == "Timeout"
    child = mark.read_text(encoding="ascii")
    running = subprocess.run(["ps", "-o", "args=", "-p", child], capture_output=True, text=True).stdout
    assert "hostile child" not in running
