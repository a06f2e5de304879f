"""Indexes of programs that are ranked by vectors: those of a folder's model, and those that a server keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hashed_words import HashedWords
from qdrant_client import QdrantClient
from tiny_encoders import write

from command import lot
from lotterylang.shell import index_target, indexes
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.model import device

TEXTS = ["the cat sat on a mat", "a dog sat", "the dogs melt"]

URL = "http://server.example:6333/texts"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTTERY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOTTERY_DEVICE", "cpu")
    device.without_cuda.cache_clear()
    monkeypatch.chdir(tmp_path)
    indexes.close()  # a server is the same one under the same URL
    _write(TEXTS)


def _write(texts: list[str]) -> None:
    Path("texts.jsonl").write_text("".join(f"{json.dumps(text)}\n" for text in texts), encoding="utf-8")


def _program(made: str) -> str:
    Path("p.lot").write_text(f"index texts = {made}\nfn main(q: text) -> list<Hit> {{ FIND 3 in texts for q }}\n")
    return "p.lot"


def _found(program: str, query: str) -> list[str]:
    printed = lot("run", program, f"q={query}", "--json")
    assert printed.status == 0, printed
    return [hit["text"] for hit in json.loads(printed.out)["value"]]


@pytest.mark.parametrize("settings", ["", ', rank = "vectors"', ', rank = "vectors", search = "hnsw"', ", size = 4"])
def test_a_model_of_a_folder_ranks(settings: str) -> None:
    write(Path("model"))
    program = _program(f'hnsw("texts.jsonl", embed = "./model"{settings})')
    for text in TEXTS if "size" not in settings else ["a dog sat"]:
        assert _found(program, text)[0] == text
    assert len(_found(program, "iron")) == 3


def test_another_model_has_the_index_made_again() -> None:
    write(Path("model"))
    program = _program('hnsw("texts.jsonl", embed = "./model")')
    _found(program, "cat")
    path = index_target.meant(program, ()).origin.path
    indexes.close()
    write(Path("model"), pooling="cls")
    found = json.loads(lot("index", "info", program, "--json").out)
    assert "mean" in found["model"]
    assert _found(program, "a dog sat")[0] == "a dog sat"
    found = json.loads(lot("index", "info", program, "--json").out)
    assert "cls" in found["model"] and found["file"] == str(path) and found["documents"] == 3


def test_only_what_is_new_is_embedded_by_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = _hashed(monkeypatch)
    program = _program('hnsw("texts.jsonl", embed = "words", rank = "vectors")')
    _found(program, "cat")
    indexes.close()
    embedder.embedded.clear()
    _write([*TEXTS, "a cat on a dog"])
    assert _found(program, "a cat on a dog")[0] == "a cat on a dog"
    assert embedder.embedded == ["a cat on a dog"] * 2


def _hashed(monkeypatch: pytest.MonkeyPatch) -> HashedWords:
    embedder = HashedWords()
    monkeypatch.setattr("lotterylang.world.model.embedding.open.open_embedder", lambda spec, progress: embedder)
    return embedder


@pytest.fixture(name="server")
def _server(monkeypatch: pytest.MonkeyPatch) -> QdrantClient:
    """Give a server in memory, which stays when a connection to it is closed."""
    _hashed(monkeypatch)
    client = QdrantClient(":memory:")
    asked: list[str] = []

    def connected(url: str) -> tuple[QdrantClient, str]:
        asked.append(url)
        return client, url.rpartition("/")[2]

    monkeypatch.setattr(client, "close", lambda: None)
    monkeypatch.setattr("lotterylang.world.knowledge.server.connected", connected)
    return client


def test_a_collection_is_filled_from_a_source_and_brought_up_to_date(server: QdrantClient) -> None:
    program = _program(f'qdrant("{URL}", embed = "words", source = "texts.jsonl")')
    assert _found(program, "a dog sat")[0] == "a dog sat"
    _write(["a dog sat", "iron"])
    assert set(_found(program, "iron")) == {"a dog sat", "iron"}
    indexes.close()
    assert _found(_program(f'qdrant("{URL}", embed = "words")'), "iron")[0] == "iron"
    assert json.loads(lot("index", "build", "p.lot", "--json").out)["documents"] == 2


def test_commands_look_at_a_collection(server: QdrantClient) -> None:
    program = _program(f'qdrant("{URL}", embed = "words", source = "texts.jsonl")')
    assert json.loads(lot("index", "build", program, "--json").out)["added"] == 3
    found = json.loads(lot("index", "info", program, "--json").out)
    assert (found["documents"], found["passages"], found["collection"], found["search"]) == (3, 3, URL, "qdrant")
    assert lot("index", "check", program).status == 0
    [hit] = lot("index", "find", program, "dogs melt", "-k", "1", "--json").out.splitlines()
    assert json.loads(hit)["source"] == "texts.jsonl#3:0-13"
    assert json.loads(lot("index", "build", program, "--again", "--json").out)["added"] == 3
    removed = lot("index", "rm", program)
    assert removed.status == 2 and "LOT-E0655" in removed.err and server.collection_exists("texts")


def test_a_collection_that_is_not_there_is_not_made_by_a_search(server: QdrantClient) -> None:
    ended = lot("run", _program(f'qdrant("{URL}", embed = "words")'), "q=cat")
    assert ended.status == 2 and "LOT-E0652" in ended.err and not server.collection_exists("texts")


def test_what_others_have_written_is_found_and_never_changed(server: QdrantClient) -> None:
    from qdrant_client import models

    params = models.VectorParams(size=64, distance=models.Distance.COSINE)
    server.create_collection("texts", params)
    payloads: list[dict[str, Any]] = [{"body": text, "key": f"k{n}", "n": n} for n, text in enumerate(TEXTS)]
    vectors = HashedWords().embed(TEXTS).tolist()
    server.upsert(
        "texts",
        [
            models.PointStruct(id=n, vector=vector, payload=payload)
            for n, (vector, payload) in enumerate(zip(vectors, payloads, strict=True))
        ],
    )
    program = _program(f'qdrant("{URL}", embed = "words", text = "body", id = "key")')
    [hit, *_] = json.loads(lot("run", program, "q=the dogs melt", "--json").out)["value"]
    assert (hit["text"], hit["source"], hit["score"]) == ("the dogs melt", "k2", 1.0)
    indexes.close()
    refused = lot("run", _program(f'qdrant("{URL}", embed = "words", source = "texts.jsonl")'), "q=cat")
    assert refused.status == 2 and "LOT-E0653" in refused.err and server.count("texts").count == 3


@pytest.mark.parametrize("damage", ["text", "left over", "lacking"])
def test_damage_in_a_collection_is_said(server: QdrantClient, damage: str) -> None:
    program = _program(f'qdrant("{URL}", embed = "words", source = "texts.jsonl")')
    lot("index", "build", program)
    ids = [str(point.id) for point in server.scroll("texts", limit=99)[0] if (point.payload or {})["kind"] == "passage"]
    break_by: dict[str, Callable[[], object]] = {
        "text": lambda: server.set_payload("texts", {"text": "other"}, points=ids[:1]),
        "left over": lambda: server.set_payload("texts", {"version": "0"}, points=ids[:1]),
        "lacking": lambda: server.delete("texts", ids[:1]),
    }
    break_by[damage]()
    checked = lot("index", "check", program)
    assert checked.status == 1 and "texts.jsonl#" in checked.out
    assert lot("index", "build", program, "--again").status == 0
    assert lot("index", "check", program).out == f"{URL}: no damage\n"


def test_another_model_or_dimension_is_refused(server: QdrantClient, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(f'qdrant("{URL}", embed = "words", source = "texts.jsonl")')
    lot("index", "build", program)
    for other in (HashedWords(name="another"), HashedWords(32)):
        monkeypatch.setattr(
            "lotterylang.world.model.embedding.open.open_embedder", lambda spec, progress, other=other: other
        )
        refused = lot("index", "build", program)
        assert refused.status == 2 and "LOT-E0653" in refused.err


def test_a_server_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    _hashed(monkeypatch)
    ended = lot("run", _program('qdrant("http://127.0.0.1:1/texts", embed = "words")'), "q=cat")
    assert ended.status == 2 and "LOT-E0652" in ended.err and "refused" in ended.err


def test_an_index_that_is_looked_at_embeds_nothing(tmp_path: Path) -> None:
    from lotterylang.world.knowledge.looking import looked_at

    EmbeddedIndex(tmp_path / "a", HashedWords()).close()
    held = looked_at(tmp_path / "a", "vectors")
    assert held.info().model == "hashed-words"
    with pytest.raises(RuntimeError, match="an index that is looked at embeds nothing"):
        held.find("cat", 1)
    held.close()
