"""A program that loads what is not Python."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "import ctypes\nctypes.CDLL(None)",
        "import cffi",
        "import mmap",
    ],
)
def test_monty_loads_native_code(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
