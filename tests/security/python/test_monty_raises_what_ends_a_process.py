"""An error that would end a process of Python."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(3)",
        "raise KeyboardInterrupt",
        "exit()",
        "import os\nos._exit(3)",
    ],
)
def test_monty_raises_what_ends_a_process(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
