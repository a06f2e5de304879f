"""Every test has a home of its own: nothing is read from or left in that of the user."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "rooms")]  # rooms: the tiny models
os.environ["NO_COLOR"] = "1"


@pytest.fixture(autouse=True)
def _own_home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    if request.node.get_closest_marker("live") is None:
        monkeypatch.setenv("LOTTERY_HOME", str(tmp_path_factory.getbasetemp() / "home"))
