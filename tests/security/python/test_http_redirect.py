"""A redirect of a granted host to one that is not."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/", "http://example.org/", "file:///etc/passwd", "//example.org/x", "http://169.254.169.254/"],
)
def test_http_redirect(attack: Attack, target: str) -> None:
    attack.refused("http", "Denied", url=f"{attack.url}/to/{target}")
    assert len(attack.seen) == 1
