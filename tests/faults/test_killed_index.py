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

MOMENTS = int(os.environ.get("LOT_KILLS", "20"))


def test_an_index_that_is_killed_loses_no_commit_and_answers_as_a_fresh_one(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("killed_index.py")), str(tmp_path), str(MOMENTS)]
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
    for moment in moments:
        assert moment["held"] in (moment["told"], moment["told"] + 1), moment
        assert moment["damages"] == [], moment
        assert moment["same"], moment
        assert moment["finished"], moment
    assert {moment["status"] for moment in moments[::2]} == {-signal.SIGKILL}
    assert {moment["status"] for moment in moments[1::2]} <= {-signal.SIGALRM}
    assert len({moment["told"] for moment in moments}) >= min(4, MOMENTS // 4)
