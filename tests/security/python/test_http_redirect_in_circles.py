"""A redirect that leads to itself ends; one that leads to a granted host is followed."""

from __future__ import annotations

from security_world import Attack

from lotterylang.run.effects import Called


def test_http_redirect_in_circles(attack: Attack) -> None:
    said = attack.refused("http", "ToolFailed", url=f"{attack.url}/to/page")
    assert "redirects" in said
    assert attack.seen == ["/to/page"] * 6


def test_http_redirect_to_a_granted_host(attack: Attack) -> None:
    reply = attack.call("http", url=f"{attack.url}/to/{attack.url}/page")
    assert isinstance(reply, Called)
    assert reply.value == {"status": 200, "kind": "text/plain", "text": "page", "url": f"{attack.url}/page"}
