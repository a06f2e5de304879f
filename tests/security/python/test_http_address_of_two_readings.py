"""Addresses that two readers take for two hosts."""

from __future__ import annotations

import pytest
from security_world import Attack


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:PORT@example.org/",
        "http://example.org\\@localhost:PORT/",
        "http://localhost:PORT\t.example.org/",
        "http://localhost.example.org:PORT/",
        "http://user:word@localhost:PORT/",
        "http://2130706433:PORT/",
        "http://0x7f.1:PORT/",
        "http://ⓛocalhost:PORT/",
        "//localhost:PORT/",
        "http:///x",
        "http://localhost:PORT\r\nHost: x/",
        "http://[::1]:PORT/",
        "http://localhost:99999/",
    ],
)
def test_http_address_of_two_readings(attack: Attack, url: str) -> None:
    port = attack.url.rpartition(":")[2]
    attack.refused("http", "Denied", url=url.replace("PORT", port))
    assert attack.seen == []
