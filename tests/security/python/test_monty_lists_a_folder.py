"""A program that looks at what files there are."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.listdir('/')",
        "from pathlib import Path\nlist(Path('/').iterdir())",
    ],
)
def test_monty_lists_a_folder(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
