"""A model comes from the hub whole or not at all; what can't be taken is refused before its weights come.

The hub is a server of the test, found by `HF_ENDPOINT`.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from tiny_encoders import write as write_encoder
from tiny_models import MODELS, write

from golden import assert_golden
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model import open as opening
from lotterylang.world.model.embedding.open import open_embedder
from lotterylang.world.model.source import hub

COMMIT = "c0ffee" + "0" * 34


@dataclass
class Hub:
    """A hub with one model, `tiny/model`, that behaves as the test says."""

    files: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    code: str = ""
    cut: int | None = None
    wrong: str = ""
    asked: list[str] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = unquote(urlsplit(handler.path).path)
        self.asked.append(f"{handler.command} {path} {handler.headers.get('Range', '')}".strip())
        name = path.removeprefix(f"/tiny/model/resolve/{COMMIT}/")
        if self.status != 200:
            _send(handler, self.status, b"{}", {"X-Error-Code": self.code, "X-Error-Message": self.code})
        elif path == "/api/models/tiny/model/revision/main":
            files = [{"rfilename": name, "size": len(data)} | self._lfs(data) for name, data in self.files.items()]
            _send(handler, 200, json.dumps({"id": "tiny/model", "sha": COMMIT, "siblings": files}).encode(), {})
        elif path.startswith("/api/models/tiny/model/"):
            _send(handler, 404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        elif name in self.files:
            self._give(handler, self.files[name])
        else:
            _send(handler, 404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def _lfs(self, data: bytes) -> dict[str, Any]:
        """Say the hash of large files, as the hub does."""
        if len(data) < 50_000:
            return {}
        sha256 = self.wrong or hashlib.sha256(data).hexdigest()
        return {"lfs": {"sha256": sha256, "size": len(data), "pointerSize": 130}}

    def _give(self, handler: BaseHTTPRequestHandler, data: bytes) -> None:
        marks = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        start = int((handler.headers.get("Range") or "bytes=0-")[6:].partition("-")[0])
        if start:
            marks["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        _send(
            handler, 206 if start else 200, data[start:], marks, None if self.cut is None else max(0, self.cut - start)
        )


def _send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, marks: dict[str, str], cut: int | None = None
) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in marks.items():
        handler.send_header(name, value)
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body[:cut])
    if cut is not None and len(body) > cut:
        handler.close_connection = True


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    place = write("qwen2", tmp_path / "made")
    found = Hub({file.name: file.read_bytes() for file in place.iterdir()})
    found.files |= {"README.md": b"words", "pytorch_model.bin": b"pickle", "onnx/model.onnx": b"graph"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.answer(self)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=web.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{web.server_port}")
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    yield found
    web.shutdown()
    web.server_close()


def refused(name: str) -> LotError:
    with pytest.raises(LotError) as raised:
        hub.fetched(hub.address(name), lambda *_: None)
    return raised.value


def test_what_a_model_is_built_of_is_fetched_and_nothing_else(server: Hub) -> None:
    steps: list[tuple[str, int, int]] = []
    folder = hub.fetched(hub.address("tiny/model"), lambda *step: steps.append(step))
    names = {file.name for file in folder.iterdir() if not file.name.startswith(".")}
    assert names == {"config.json", "tokenizer.json", "model.safetensors"}
    assert (folder / "model.safetensors").read_bytes() == server.files["model.safetensors"]
    total = sum(len(server.files[name]) for name in names)
    assert steps[-1] == ("download", total, total)
    assert all(0 <= done <= total == whole for _, done, whole in steps)


def test_what_is_here_is_used_without_asking(server: Hub) -> None:
    folder = hub.fetched(hub.address("tiny/model"), lambda *_: None)
    server.asked.clear()
    assert hub.fetched(hub.address("tiny/model"), lambda *_: None) == folder == hub.here(hub.address("tiny/model"))
    assert server.asked == []
    assert hub.here(hub.address("tiny/other")) is None


def test_a_model_of_the_hub_opens_by_its_name(server: Hub) -> None:
    folder = opening.ready("hf:tiny/model:fp32")
    assert (folder / "card.json").exists()
    assert opening.weights_hash("hf:tiny/model") is not None
    assert opening.weights_hash("hf:tiny/other") is None


def test_a_download_that_breaks_goes_on_where_it_stopped(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import file_download

    monkeypatch.setattr(file_download.time, "sleep", lambda _: None)
    monkeypatch.setattr(file_download.constants, "DOWNLOAD_CHUNK_SIZE", 4096)
    whole, server.cut = server.files["model.safetensors"], 30_000
    assert len(whole) > 3 * server.cut
    assert "LOT-E0711" in str(refused("tiny/model"))
    server.cut = None
    server.asked.clear()
    assert (hub.fetched(hub.address("tiny/model"), lambda *_: None) / "model.safetensors").read_bytes() == whole
    assert any("model.safetensors bytes=28672-" in line for line in server.asked)


def test_what_came_is_checked(server: Hub) -> None:
    server.wrong = "0" * 64
    assert "LOT-E0713" in str(refused("tiny/model"))
    server.wrong = ""
    assert hub.fetched(hub.address("tiny/model"), lambda *_: None).is_dir()


@pytest.mark.parametrize(
    ("status", "code", "name", "wanted", "said"),
    [
        (404, "RepoNotFound", "tiny/model", "LOT-E0714", "no model hf:tiny/model"),
        (401, "RepoNotFound", "tiny/model", "LOT-E0714", "private"),
        (403, "GatedRepo", "tiny/model", "LOT-E0715", "HF_TOKEN"),
        (200, "", "tiny/model@v9", "LOT-E0714", "no revision v9"),
        (200, "", "tiny/model/other.gguf", "LOT-E0714", "no file other.gguf"),
        (400, "", "tiny/model", "LOT-E0711", "400"),
    ],
)
def test_what_the_hub_refuses_is_one_clear_error(
    server: Hub, status: int, code: str, name: str, wanted: str, said: str
) -> None:
    server.status, server.code = status, code
    found = str(refused(name))
    assert wanted in found
    assert said in found
    assert_golden(f"{wanted} {status} {said.removeprefix('no ')}".replace("/", " "), found)


def test_no_network_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path))
    found = str(refused("tiny/model"))
    assert "LOT-E0711" in found
    assert "run the same command again" in found


@pytest.mark.parametrize("name", ["", "model", "a/b/c", "../x", "a/../b", "a/b@", "a/b c", "a/b@../x", "https://a/b"])
def test_what_is_no_name_of_the_hub(name: str) -> None:
    with pytest.raises(LotError, match="LOT-E0703") as raised:
        hub.address(name)
    if name == "model":
        assert_golden("LOT-E0703 no owner", raised.value)


def test_what_cannot_be_taken_is_said_before_its_weights_come(server: Hub) -> None:
    server.files["config.json"] = json.dumps(MODELS["qwen2"].config | {"model_type": "mixtral"}).encode()
    assert "mixture of experts" in str(refused("tiny/model"))
    assert "`lot model export hf:tiny/model`" in str(refused("tiny/model"))
    assert not any("model.safetensors" in line for line in server.asked)
    folder = hub.fetched(hub.address("tiny/model"), lambda *_: None, look=False)  # as for an export
    assert (folder / "model.safetensors").exists()


def test_pickled_weights_and_a_choice_of_ggufs(server: Hub) -> None:
    del server.files["model.safetensors"]
    assert "pickled" in str(refused("tiny/model"))
    server.files["tiny-q8.gguf"] = b"GGUF"
    assert "hf:tiny/model/tiny-q8.gguf" in str(refused("tiny/model"))
    del server.files["tiny-q8.gguf"], server.files["pytorch_model.bin"]
    assert "no weights" in str(refused("tiny/model"))


def test_one_gguf_of_several(server: Hub, tmp_path: Path) -> None:
    server.files["q/tiny-q8.gguf"] = write("llama-q4_0", tmp_path / "other").read_bytes()
    path = hub.fetched(hub.address("tiny/model/q/tiny-q8.gguf"), lambda *_: None)
    assert path.read_bytes() == server.files["q/tiny-q8.gguf"]
    assert (opening.ready("hf:tiny/model/q/tiny-q8.gguf") / "card.json").exists()
    assert not any("model.safetensors" in line for line in server.asked)


def test_an_embedder_comes_with_what_follows_its_encoder(server: Hub, tmp_path: Path) -> None:
    place = write_encoder(tmp_path / "encoder", dense=5)
    server.files = {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }
    server.files |= {"README.md": b"words", "onnx/model.onnx": b"graph"}
    embedder = open_embedder("hf:tiny/model")
    assert embedder.dimension == 5
    assert np.array_equal(embedder.embed(["a cat"]), open_embedder(str(place)).embed(["a cat"]))
    asked = len(server.asked)
    open_embedder("hf:tiny/model")
    assert len(server.asked) == asked
