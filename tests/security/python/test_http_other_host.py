"""A host, port or scheme that is not granted."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "https://localhost/",
        "http://example.org/",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/",
        "ftp://localhost/",
        "file:///etc/passwd",
        "gopher://localhost/",
        "javascript:1",
    ],
)
def test_http_other_host(attack: Attack, url: str) -> None:
    attack.refused("http", "Denied", url=url)
    assert attack.seen == []
