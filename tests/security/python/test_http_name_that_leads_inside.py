"""A granted name whose address, when it is asked for, is one of this machine or of its network."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from lotterylang.world.tools.leaves import Hosts
from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.standard.http import http

INSIDE = ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize("place", INSIDE)
def test_http_name_that_leads_inside(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 443))]

    def connected(*_: Any, **__: Any) -> None:
        raise AssertionError("it was connected to")

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(socket, "create_connection", connected)
    hosts = Hosts.of(("api.example.org",), Path("/"))
    with pytest.raises(Refused) as refused:
        http(url="https://api.example.org/", hosts=hosts)
    assert refused.value.kind == "Denied"
