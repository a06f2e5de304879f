"""Lines of a header in an address."""

from __future__ import annotations

from security_world import Attack


def test_http_header_smuggled(attack: Attack) -> None:
    attack.refused("http", "Denied", url=f"{attack.url}/x HTTP/1.1\r\nHost: example.org")
    attack.refused("http", "Denied", url=f"{attack.url}/\u010d\u010a")
    assert attack.seen == []
