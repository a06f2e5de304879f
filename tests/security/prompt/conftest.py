"""The fixture of attacks by text, and where they find its world."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "rooms")]

from prompt_world import Talk  # noqa: E402


@pytest.fixture
def talk() -> Talk:
    return Talk()
