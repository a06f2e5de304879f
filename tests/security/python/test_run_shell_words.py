"""Signs of a shell are words like others, and not granted."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "word",
    [
        "hello; cat outside/secret.txt",
        "$(cat outside/secret.txt)",
        "`id`",
        "hello && id",
        "hello | sh",
        "hello\nid",
        "*",
        "-e",
        "hello\0",
    ],
)
def test_run_shell_words(attack: Attack, word: str) -> None:
    attack.refused("run", "Denied", words=["echo", word])
