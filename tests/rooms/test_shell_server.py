"""Indexes that a server keeps, over HTTP: what is sent to it, and what is said of one that is not as it should be."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hashed_words import HashedWords
from qdrant_client import models
from qdrant_server import Answer, QdrantServer, Wrong

from command import lot
from lotterylang.shell import indexes
from lotterylang.world.knowledge import server as of_server
from lotterylang.world.knowledge.server import KEY

QUERY = "/collections/texts/points/query"


@pytest.fixture(name="server")
def _server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[QdrantServer]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(KEY, raising=False)
    indexes.close()
    monkeypatch.setattr("lotterylang.world.model.embedding.open.open_embedder", lambda spec, progress: HashedWords())
    lines = ({"text": "the cat sat", "year": 2019}, {"text": "a dog sat", "year": 2020})
    Path("texts.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    found = QdrantServer()
    _program("p.lot", found.url, ', source = "texts.jsonl"')
    _program("only.lot", found.url)
    yield found
    indexes.close()
    found.close()


def _program(name: str, url: str, more: str = "") -> None:
    text = f"""
index texts = qdrant("{url}/texts", embed = "words"{more})
fn main(q: text) -> text {{ (FIND 1 in texts for q)[0].text }}
fn late(q: text) -> text {{ (FIND 1 in texts for q where it.meta["year"] == "2020")[0].text }}
fn spared(q: text) -> text {{ try {{ main(q) }} catch Timeout {{ "nobody answers" }} }}
"""
    Path(name).write_text(text, encoding="utf-8")


def _refused(name: str = "p.lot", code: str = "LOT-E0652") -> str:
    """Run a program that can't be answered; give what is said, which is all that a user sees."""
    ended = lot("run", name, "q=cat sat")
    assert ended.status == 2 and code in ended.err and "Traceback" not in ended.err, ended
    assert not {"\x1b", "\u202e"} & {*ended.err}
    return " ".join(ended.err.split())


def test_a_collection_is_filled_and_searched_over_http(server: QdrantServer) -> None:
    assert lot("run", "p.lot", "q=cat sat").out == "the cat sat\n"
    assert lot("run", "p.lot:late", "q=cat sat").out == "a dog sat\n"
    assert {asked.partition(" ")[0] for asked in server.asked} == {"GET", "PUT", "POST"}
    indexes.close()
    assert lot("run", "only.lot:late", "q=cat sat").out == "a dog sat\n"
    [hit] = lot("index", "find", "only.lot", "cat", "--where", "year=2020", "--json").out.splitlines()
    assert json.loads(hit)["text"] == "a dog sat"


def test_the_key_is_sent_and_never_shown(server: QdrantServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.key = "secret-1"
    assert f"set {KEY}" in _refused()
    monkeypatch.setenv(KEY, "secret-2")
    assert "secret" not in _refused()
    monkeypatch.setenv(KEY, "secret-1")
    ended = lot("run", "p.lot", "q=cat sat")
    assert (ended.out, "arning" in ended.err) == ("the cat sat\n", False)


def test_a_server_that_is_gone_can_not_be_reached(server: QdrantServer) -> None:
    assert lot("run", "p.lot", "q=cat sat").status == 0
    server.close()
    assert "can't be reached" in _refused()
    indexes.close()
    assert "can't be reached" in _refused("only.lot")


@pytest.mark.parametrize("url", ["http://127.0.0.1:port", "http://127.0.0.1:99999", "http://[::1"])
def test_a_url_that_leads_nowhere_is_said(server: QdrantServer, url: str) -> None:
    _program("p.lot", url)
    _refused()


def test_a_collection_that_is_not_there_is_named(server: QdrantServer) -> None:
    assert "Collection `texts` doesn't exist!" in _refused("only.lot")
    assert not server.client.collection_exists("texts")


def test_vectors_of_another_dimension_stay_as_they_are(server: QdrantServer) -> None:
    server.client.create_collection("texts", models.VectorParams(size=3, distance=models.Distance.DOT))
    assert "3 numbers a vector" in _refused("only.lot", "LOT-E0653")
    assert "3 numbers a vector" in _refused("p.lot", "LOT-E0653")


POINTS = [
    {"id": 1, "version": 0, "score": 0.5},
    {"id": 1, "version": 0, "score": 0.5, "payload": {"kind": "passage"}},
    {"id": 1, "version": 0, "score": 0.5, "payload": {"kind": "passage", "metadata": [], "digest": 3}},
    {"id": 1, "version": 0, "score": "near", "payload": {}},
]

WRONG = {
    "nothing": (200, b""),
    "no JSON": (200, b"garbage \xff"),
    "a page": (200, b"<html>Welcome</html>"),
    "a list": (200, b"[]"),
    "no result": (200, b'{"status": "ok"}'),
    "null": (200, b'{"result": null}'),
    "another result": (200, b'{"result": {"points": 3, "exists": "perhaps"}}'),
    "deep": (200, b'{"result": ' * 2_000),
    "deep error": (500, b'{"status": ' * 2_000),
    "elsewhere": (302, b""),
    "not found": (404, b"<html>\x1b[31m\xe2\x80\xae</html>"),
    "too many": (429, b'{"status": {"error": "slow down\\u001b[31m\\u202e"}}'),
    "broken": (500, b'{"status": {"error": "a panic\\u001b[31m\\u202e \\n here"}}'),
    "behind": (502, b"<html>Bad Gateway</html>"),
    "cut": (0, b""),
    **{f"point {n}": (200, json.dumps({"result": {"points": [point]}}).encode()) for n, point in enumerate(POINTS)},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_a_server_answers_wrong_is_said_and_no_traceback(server: QdrantServer, wrong: str) -> None:
    server.instead = lambda method, path: WRONG[wrong]
    _refused()
    _refused("only.lot")
    server.instead = None
    assert lot("run", "p.lot", "q=cat sat").status == 0
    server.instead = lambda method, path: WRONG[wrong] if path == QUERY else None
    _refused()


@pytest.fixture(name="silence")
def _silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wrong]:
    """Give an answer that does not come before the test is over."""
    is_over = threading.Event()
    monkeypatch.setattr(of_server, "TIMEOUT_S", 1)

    def wait(method: str, path: str) -> Answer:
        is_over.wait()
        return 0, b""

    yield wait
    is_over.set()


def test_a_server_that_is_silent_is_waited_for_no_longer_than_its_time(server: QdrantServer, silence: Wrong) -> None:
    server.instead = silence
    assert "has not answered within 1 seconds" in _refused()


def test_a_search_that_nobody_answers_is_a_failure_that_may_be_caught(server: QdrantServer, silence: Wrong) -> None:
    assert lot("run", "p.lot", "q=cat sat").status == 0
    server.instead = lambda method, path: silence(method, path) if path == QUERY else None
    assert lot("run", "p.lot:spared", "q=cat sat").out == "nobody answers\n"
    ended = lot("run", "p.lot", "q=cat sat")
    assert ended.status == 1 and "failed Timeout" in ended.err
    found = lot("index", "find", "p.lot", "cat")
    assert found.status == 2 and "LOT-E0652" in found.err
