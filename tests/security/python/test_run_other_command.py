"""A command that is not listed, or a listed one with other words."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "words",
    [
        "cat|outside/secret.txt",
        "echo",
        "echo|hello|there",
        "echo|hello ",
        "/bin/echo|hello",
        "ECHO|hello",
        "echo hello",
        "sh|-c|echo hello",
    ],
)
def test_run_other_command(attack: Attack, words: str) -> None:
    attack.refused("run", "Denied", words=words.split("|"))
