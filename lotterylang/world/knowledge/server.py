"""A server of Qdrant: a URL in, its client out; what goes wrong with it, in words. Next door: `qdrant.py` asks it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lotterylang.syntax.diagnostics import error
from lotterylang.world.knowledge.interface import Late

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

TIMEOUT_S = 30
"""How long a server may be silent."""

KEY = "QDRANT_API_KEY"

_THERE = "see that the server is there and has it"
_UNREADABLE = (AssertionError, LookupError, TypeError, RecursionError)
"""What the client raises at an answer that it does not expect."""

_OF_OURS = ("localhost", "127.0.0.1", "::1")


def connected(url: str) -> tuple[QdrantClient, str]:
    """Give a client of the server, and the collection that the last part of the URL names.

    The key of a server that has one is in `QDRANT_API_KEY`. Errors: LOT-E0652 where the client is not installed, or can
    make nothing of the URL.
    """
    try:
        from qdrant_client import QdrantClient
    except ImportError:
        help = "install it: `pip install 'lotterylang[qdrant]'`"
        raise error("LOT-E0652", f"the index `{url}` can't be used: there is no client of Qdrant", help=help) from None
    server, _, collection = url.rstrip("/").rpartition("/")
    key = os.environ.get(KEY) or None
    with telling(collection), warnings.catch_warnings():
        if urlsplit(server).hostname in _OF_OURS:  # a key that goes to this machine needs no secrecy on its way
            warnings.simplefilter("ignore")
        return QdrantClient(url=server, api_key=key, timeout=TIMEOUT_S, check_compatibility=False), collection


@contextmanager
def telling(collection: str) -> Iterator[None]:
    """Say what went wrong with a collection. Errors: LOT-E0652; it is Late where the server was silent."""
    from qdrant_client.common.client_exceptions import QdrantException
    from qdrant_client.http.exceptions import ApiException

    try:
        yield
    except (ApiException, QdrantException, OSError, ValueError, *_UNREADABLE) as problem:
        why, help, is_late = _reason(problem)
        shown = "".join(sign if sign.isprintable() else " " for sign in why)
        fact = f"the collection `{collection}` can't be used: {' '.join(shown.split())[:200]}"
        found = error("LOT-E0652", fact, help=help)
        raise (Late(*found.diagnostics) if is_late else found) from problem


def _reason(problem: Exception) -> tuple[str, str, bool]:
    """Give why, what helps, and whether nothing was heard."""
    import httpx
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    source = problem.source if isinstance(problem, ResponseHandlingException) else problem
    match source:
        case UnexpectedResponse(status_code=401 | 403):
            return "the server wants a key, and not this one", f"set {KEY} to a key that it knows", False
        case UnexpectedResponse():
            return f"the server answers {source.status_code}: {_said(source)}", _THERE, False
        case httpx.TimeoutException():
            return f"the server has not answered within {TIMEOUT_S} seconds", _THERE, True
        case httpx.TransportError():
            return f"the server can't be reached: {source}", _THERE, False
    if isinstance(source, _UNREADABLE) or isinstance(problem, ResponseHandlingException) or _is_unread(source):
        return "the server answers what no Qdrant does", _THERE, False
    return str(source) or type(source).__name__, _THERE, False


def _is_unread(problem: Exception) -> bool:
    """Tell whether an answer could not be read as JSON, or as what was due."""
    return type(problem).__name__ in ("JSONDecodeError", "ValidationError", "UnicodeDecodeError")


def _said(response: object) -> str:
    """Give what a server says of an error: its own words, or the name of the status."""
    try:
        return str(response.structured()["status"]["error"])  # type: ignore[attr-defined]
    except (ValueError, *_UNREADABLE):
        return str(getattr(response, "reason_phrase", "")) or "no reason"
