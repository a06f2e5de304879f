"""A server that speaks Qdrant's REST over loopback, as far as an index calls it; the client's own memory answers.

What a server does wrong is set on it: `key` is what it asks for, `instead` gives what to answer wrong, or None.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, TypeAdapter
from qdrant_client import QdrantClient, models

Answer = tuple[int, bytes]
Wrong = Callable[[str, str], Answer | None]


class QdrantServer:
    """Collections in memory, behind a port of their own."""

    def __init__(self) -> None:
        self.client = QdrantClient(":memory:")
        self.key: str | None = None
        self.instead: Wrong | None = None
        self.asked: list[str] = []
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        """Answer nobody any more."""
        self._http.shutdown()
        self._http.server_close()

    def answer(self, method: str, address: str, key: str | None, body: bytes) -> Answer:
        """Answer a request as a server does: a result in its envelope, or an error with its status."""
        path = urlsplit(address).path
        self.asked.append(f"{method} {path}")
        wrong = self.instead(method, path) if self.instead is not None else None
        if wrong is not None:
            return wrong
        if self.key is not None and key != self.key:
            return 401, b"Must provide an API key or an Authorization bearer token"
        with self._lock:
            return self._routed(method, path, body)

    def _routed(self, method: str, path: str, body: bytes) -> Answer:
        found = re.fullmatch(r"/collections/([^/]+)(/.*)?", path)
        asked = f"{method} {found[2] or ''}".strip() if found is not None else ""
        if found is None or asked not in ROUTES:
            return 404, b""
        collection, route = unquote(found[1]), ROUTES[asked]
        if asked not in ("PUT", "GET /exists") and not self.client.collection_exists(collection):
            return 404, _json({"status": {"error": f"Not found: Collection `{collection}` doesn't exist!"}, "time": 0})
        result = route(self.client, collection, json.loads(body or b"{}"))
        return 200, _json({"result": result, "status": "ok", "time": 0.0})


def _read(kind: Any, data: Any) -> Any:
    return TypeAdapter(kind).validate_python(data)


def _filter(data: Any) -> models.Filter | None:
    found: models.Filter | None = _read(models.Filter | None, data)
    return found


def _create(client: QdrantClient, name: str, body: Any) -> bool:
    return client.create_collection(name, _read(models.VectorParams, body["vectors"]))


def _index(client: QdrantClient, name: str, body: Any) -> Any:
    return {"operation_id": 0, "status": "completed"}  # memory needs none


def _upsert(client: QdrantClient, name: str, body: Any) -> Any:
    return client.upsert(name, _read(list[models.PointStruct], body["points"]))


def _delete(client: QdrantClient, name: str, body: Any) -> Any:
    return client.delete(name, _read(models.FilterSelector, body))


def _query(client: QdrantClient, name: str, body: Any) -> Any:
    vector = body["query"]["nearest"] if isinstance(body["query"], dict) else body["query"]
    return client.query_points(name, vector, query_filter=_filter(body.get("filter")), limit=body["limit"])


def _retrieve(client: QdrantClient, name: str, body: Any) -> Any:
    return client.retrieve(name, body["ids"], with_payload=body.get("with_payload", True))


def _scroll(client: QdrantClient, name: str, body: Any) -> Any:
    page, after = client.scroll(
        name,
        _filter(body.get("filter")),
        limit=body["limit"],
        offset=body.get("offset"),
        with_payload=body["with_payload"],
    )
    return {"points": page, "next_page_offset": after}


ROUTES: dict[str, Callable[[QdrantClient, str, Any], Any]] = {
    "GET /exists": lambda client, name, body: {"exists": client.collection_exists(name)},
    "GET": lambda client, name, body: client.get_collection(name),
    "PUT": _create,
    "PUT /index": _index,
    "PUT /points": _upsert,
    "POST /points/delete": _delete,
    "POST /points/query": _query,
    "POST /points": _retrieve,
    "POST /points/scroll": _scroll,
    "POST /points/count": lambda client, name, body: client.count(name, exact=body["exact"]),
}


def _json(data: Any) -> bytes:
    def plain(part: Any) -> Any:
        assert isinstance(part, BaseModel)
        return part.model_dump(mode="json", exclude_none=True)

    return json.dumps(data, default=plain).encode()


def _handler(server: QdrantServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = server.answer(self.command, self.path, self.headers.get("api-key"), body)
            if status == 0:  # the line is cut
                return
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "9")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def do_PUT(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None: ...

    return Handler
