"""An index that is killed while it is built and updated has lost no commit, and answers as a fresh one.

`LOT_KILLS` is how many moments there are; 20 if it is not set.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

MOMENTS = int(os.environ.get("LOT_KILLS", "20"))


def _moments(script: str, tmp_path: Path) -> list[dict[str, Any]]:
    """Run a script that kills, and give what it says of each moment."""
    command = [sys.executable, str(Path(__file__).with_name(script)), str(tmp_path), str(MOMENTS)]
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {
        **os.environ,
        "PYTHONPATH": paths,
        "LOTTERY_HOME": str(tmp_path / "home"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=1800)
    moments = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(moments) == MOMENTS, done.stderr
    return moments


def test_an_index_that_is_killed_loses_no_commit_and_answers_as_a_fresh_one(tmp_path: Path) -> None:
    moments = _moments("killed_index.py", tmp_path)
    for moment in moments:
        assert moment["held"] in (moment["told"], moment["told"] + 1), moment
        assert moment["damages"] == [], moment
        assert moment["same"], moment
        assert moment["finished"], moment
    assert {moment["status"] for moment in moments[::2]} == {-signal.SIGKILL}
    assert {moment["status"] for moment in moments[1::2]} <= {-signal.SIGALRM}
    assert len({moment["told"] for moment in moments}) >= min(4, MOMENTS // 4)


def test_an_index_that_is_killed_while_it_follows_its_files_holds_what_they_say(tmp_path: Path) -> None:
    moments = _moments("killed_following.py", tmp_path)
    for moment in moments:
        assert moment["status"] == -signal.SIGKILL
        assert moment["damages"] == [], moment
        assert moment["same"] and moment["up_to_date"], moment
    assert len({moment["told"] for moment in moments}) >= min(3, MOMENTS // 4)
