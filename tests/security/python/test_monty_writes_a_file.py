"""A program that writes a file."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "open('out/new.txt', 'w').write('x')",
        "from pathlib import Path\nPath('/tmp/new.txt').write_text('x')",
    ],
)
def test_monty_writes_a_file(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
