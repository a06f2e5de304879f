"""A program that starts another one."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "import subprocess\nsubprocess.run(['id'])",
        "import os\nos.system('id')",
        "import os\nos.fork()",
        "import multiprocessing",
    ],
)
def test_monty_starts_a_process(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
