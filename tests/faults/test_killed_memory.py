"""A run that is killed loses no committed place of its memory, and leaves no half of a commit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path


def _after(commits: int) -> list[object]:
    """Give what the file holds after so many commits: one before each question, one at the end."""
    seen = {str(n): f"{n} a" for n in range(1, commits)} | ({str(commits): f"number {commits}"} if commits <= 4 else {})
    return [min(commits, 4), seen if commits else {}]


def test_a_run_that_is_killed_at_any_moment_loses_no_commit(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("killed_memory.py")), str(tmp_path)]
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root, "LOTTERY_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)
    moments = [json.loads(line) for line in done.stdout.splitlines()]
    assert moments and moments[-1]["status"] == 0, done.stderr
    assert len(moments) > 20
    for moment in moments:
        assert moment["held"] == _after(moment["commits"]), moment
    assert all(moment["status"] == -signal.SIGKILL for moment in moments[:-1])
    assert {moment["commits"] for moment in moments} == {0, 1, 2, 3, 4, 5}
