"""`http`: reads a page of a granted host. Off unless program and host name it.

Names are resolved once, and that address is what is connected to; a name that leads to this machine or to its
neighbours is refused, unless the grant says `localhost` or the address itself. A redirect is followed only to another
granted host. Size and time are limited. Next door: `leaves.py` reads addresses.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from urllib.parse import urljoin

from lotterylang.world.tools.definition import tool
from lotterylang.world.tools.leaves import Hosts, address
from lotterylang.world.tools.refusal import Refused, shortened

LIMIT_S = 15.0

MOST_BYTES = 1_000_000
"""Bytes of a page."""

MOST_REDIRECTS = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TEXTS = ("text/", "application/json", "application/xml", "application/xhtml", "application/ld+json")


@dataclass(frozen=True, slots=True)
class Page:
    """What a server gave: its code, the kind of content, the text, and where it was at last."""

    status: int
    kind: str
    text: str
    url: str


@tool(acts=False, limit_s=LIMIT_S + 1)
def http(url: str, hosts: Hosts) -> Page:
    """Read a page of text from a granted host."""
    return page_of(url, hosts)


def page_of(url: str, hosts: Hosts) -> Page:
    """Read a page, where redirects lead. Errors: Refused."""
    until = time.monotonic() + LIMIT_S
    for _ in range(MOST_REDIRECTS + 1):
        found = _read(url, hosts, until)
        if isinstance(found, Page):
            return found
        url = found
    raise Refused("ToolFailed", f"more than {MOST_REDIRECTS} redirects")


def _read(url: str, hosts: Hosts, until: float) -> Page | str:
    """Read a page, or give where a redirect leads."""
    scheme, name, port, rest = address(url)
    if (scheme, name, str(port)) not in hosts.entries:
        listed = ", ".join(f"`{scheme}://{name}:{port}`" for scheme, name, port in hosts.entries)
        told = (
            f'`{scheme}://{name}:{port}` is not granted ({listed}): write `uses tool http("{scheme}://{name}:{port}")`'
        )
        raise Refused("Denied", told)
    connection = _connected(scheme, name, port, until)
    try:
        connection.request("GET", rest or "/", headers={"User-Agent": "lotterylang", "Accept-Encoding": "identity"})
        response = connection.getresponse()
        target = response.getheader("Location")
        if response.status in _REDIRECTS and target:
            return urljoin(url, target)
        kind = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
        return Page(response.status, kind, _text(response, kind, connection, until), url)
    except (OSError, HTTPException) as problem:
        if isinstance(problem, TimeoutError) or time.monotonic() >= until:
            raise Refused("Timeout", f"`{name}` gave no page within {LIMIT_S:g} s") from None
        told = f"`{name}`: {type(problem).__name__}: {shortened(str(problem), 100)}"
        raise Refused("ToolFailed", told, passing=True) from None
    finally:
        connection.close()


def _connected(scheme: str, name: str, port: int, until: float) -> HTTPConnection:
    """Connect to an address of a host that was looked at before. Errors: Refused."""
    place = _resolved(name, port)
    try:
        line = socket.create_connection((place, port), timeout=max(0.001, until - time.monotonic()))
        if scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=name.strip("[]"))
    except TimeoutError:
        raise Refused("Timeout", f"`{name}` can't be reached in time") from None
    except OSError as problem:
        told = f"`{name}` can't be reached: {shortened(str(problem), 100)}"
        raise Refused("ToolFailed", told, passing=not isinstance(problem, ssl.SSLError)) from None
    connection = HTTPConnection(name, port)
    connection.sock = line
    return connection


def _resolved(name: str, port: int) -> str:
    """Give the one address that is connected to. Errors: Refused NotFound, Denied for one of this network."""
    try:
        found = socket.getaddrinfo(name.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused("NotFound", f"there is no host `{shortened(name)}`", passing=True) from None
    place = str(found[0][4][0]).split("%")[0]
    inside = not ip_address(place).is_global
    if inside and name != "localhost" and name.strip("[]") != place:
        told = f"`{shortened(name)}` leads to `{place}`, inside of this network: grant the address itself"
        raise Refused("Denied", told)
    return place


def _text(response: HTTPResponse, kind: str, connection: HTTPConnection, until: float) -> str:
    if not kind.startswith(_TEXTS):
        raise Refused("ToolFailed", f"the page is `{shortened(kind) or 'of no kind'}`, no text")
    found = bytearray()
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise Refused("Timeout", f"the page was not whole within {LIMIT_S:g} s")
        if connection.sock is not None:
            connection.sock.settimeout(left)
        part = response.read1(65536)
        if not part:
            break
        found += part
        if len(found) > MOST_BYTES:
            raise Refused("ToolFailed", f"the page has more than {MOST_BYTES:,} bytes")
    try:
        text = found.decode(response.headers.get_content_charset("utf-8"), "replace")
    except LookupError:  # a charset that nobody knows
        text = found.decode("utf-8", "replace")
    return text.replace("\0", "")
