"""A program that opens a file of the host."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()",
        "open('outside/secret.txt').read()",
        "open('../outside/secret.txt').read()",
        "from pathlib import Path\nPath('/etc/passwd').read_text()",
    ],
)
def test_monty_reads_a_file(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
