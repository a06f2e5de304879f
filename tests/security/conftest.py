"""The fixture of the escapes, and where they find its world."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent)]

from security_world import Attack, opened_world  # noqa: E402


@pytest.fixture
def attack(tmp_path: Path) -> Iterator[Attack]:
    with opened_world(tmp_path) as made:
        yield made
