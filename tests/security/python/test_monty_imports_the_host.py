"""A program that imports packages of the host."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "import lotterylang",
        "import numpy",
        "import importlib",
        "__import__('os')",
    ],
)
def test_monty_imports_the_host(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
