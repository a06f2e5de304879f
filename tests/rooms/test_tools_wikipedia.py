"""`std.tools.wikipedia`, asked of a wiki of this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lotterylang.world.tools.leaves import Hosts
from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.standard.wikipedia import wikipedia

PAGES = {
    "Tea": {"title": "Tea", "extract": "Tea is a drink.\nIt is warm."},
    "Café & Co": {"title": "Café & Co", "extract": "A house."},
    "Nobody": {"title": "Nobody", "missing": True},
    "Picture": {"title": "Picture"},
}


class _Wiki(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        title = parse_qs(urlsplit(self.path).query)["titles"][0]
        self.send_response(503 if title == "Busy" else 200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(b"[]" if title == "Broken" else json.dumps({"query": {"pages": [PAGES.get(title)]}}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    server = ThreadingHTTPServer(("localhost", 0), _Wiki)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Hosts.of((f"http://localhost:{server.server_port}",), Path())
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("title", "text"), [("Tea", "Tea is a drink.\nIt is warm."), ("Café & Co", "A house.")])
def test_an_article_is_read_by_its_title(hosts: Hosts, title: str, text: str) -> None:
    assert wikipedia(title, hosts) == text


@pytest.mark.parametrize(
    ("title", "kind", "passing"),
    [
        ("Nobody", "NotFound", False),
        ("Picture", "ToolFailed", False),
        ("Broken", "ToolFailed", False),
        ("Busy", "ToolFailed", True),
        ("  ", "ToolFailed", False),
        ("Tea|Coffee", "ToolFailed", False),
        ("T" * 301, "ToolFailed", False),
    ],
)
def test_what_is_no_article_is_a_failure(hosts: Hosts, title: str, kind: str, passing: bool) -> None:
    with pytest.raises(Refused) as refused:
        wikipedia(title, hosts)
    assert (refused.value.kind, refused.value.passing) == (kind, passing)


def test_one_edition_is_granted() -> None:
    with pytest.raises(Refused, match="name one edition"):
        wikipedia("Tea", Hosts.of(("en.wikipedia.org", "de.wikipedia.org"), Path()))
