"""A program that reaches for the network."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "code",
    [
        "import socket\nsocket.socket()",
        "import urllib.request\nurllib.request.urlopen('http://localhost')",
        "import http.client",
    ],
)
def test_monty_opens_a_socket(attack: Attack, code: str) -> None:
    attack.refused("python", "ToolFailed", code=code)
