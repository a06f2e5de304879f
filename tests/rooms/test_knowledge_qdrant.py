"""What a writer to Qdrant leaves that is stopped half-way, what the next one makes of it, and points of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from edge_server import EdgeServer
from hashed_words import HashedWords
from qdrant_client import QdrantClient, models

from lotterylang.run.effects import Find, Found
from lotterylang.run.needs import Need
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge import qdrant
from lotterylang.world.knowledge.answers import IndexAnswers
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.document import Between, Document
from lotterylang.world.knowledge.qdrant import QdrantIndex

OLD, NEW, OTHER = (" ".join(f"{word}{n}" for n in range(40)) for word in ("old", "new", "other"))


@pytest.fixture(name="server", params=["memory", "edge"])
def _server(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(qdrant, "PAGE", 2)
    return QdrantClient(":memory:") if request.param == "memory" else EdgeServer(tmp_path)


def _opened(server: Any) -> QdrantIndex:
    return QdrantIndex(server, "a", HashedWords(), Chunking(12, 4))


def _found(index: QdrantIndex) -> set[str]:
    """Name the texts of which anything is found."""
    return {word.rstrip("0123456789") for hit in index.find("old1 new1", 40) for word in hit.text.split()}


def _stopped(server: Any, document: Document, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a document to a server that can't be reached any more after so many calls."""
    index, calls = _opened(server), 0
    real = {name: getattr(server, name) for name in ("upsert", "delete")}

    def reached(name: str) -> Any:
        def call(*what: Any, **how: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > after:
                raise OSError("connection refused")
            return real[name](*what, **how)

        return call

    with monkeypatch.context() as patched:
        for name in real:
            patched.setattr(server, name, reached(name))
        with pytest.raises(LotError, match=r"LOT-E0652.*refused"):
            index.add([document])


@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("is_there", [True, False])
def test_what_was_kept_is_found_until_the_next_writer_mends_it(
    server: Any, is_there: bool, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = _opened(server)
    index.add([Document("b", "more")])
    if is_there:
        index.add([Document("a", OLD)])
    _stopped(server, Document("a", NEW), after, monkeypatch)
    index = _opened(server)
    held = _found(index)
    assert not is_there or "old" in held
    index.add([Document("a", OTHER)])
    assert _found(index) == {"other", "more"}
    assert (index.names(), index.check()) == (["a", "b"], [])


def test_what_is_left_of_a_document_is_removed_with_it(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    index = _opened(server)
    _stopped(server, Document("a", NEW), 1, monkeypatch)
    assert index.check() == ["a passage of `a` is left of what is gone"]
    assert index.remove(["a"]) == 0
    assert index.check() == [] and index.find("new", 9) == []


FIELDS = [
    {"text": "a river", "year": 2020, "lang": "en", "price": 1.5, "open": True, "a.b": "x", "nested": {"year": 1}},
    {"text": "a river", "year": "2020", "lang": None, "price": 2, "open": 1, "a": {"b": "x"}, 'q"': "x"},
    {"text": "a river", "year": 2019, "list": ["x"]},
]
"""What others have written: fields of points."""


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"year": 2020}, [0]),
        ({"year": [2020, "2020"]}, [0, 1]),
        ({"year": []}, []),
        ({"price": 1.5}, [0]),
        ({"price": 2.0}, [1]),
        ({"open": True}, [0]),
        ({"open": 1}, [1]),
        ({"lang": None}, [1, 2]),
        ({"lang": [None, "en"]}, [0, 1, 2]),
        ({"a.b": "x"}, [0]),
        ({"price": Between()}, [0, 1]),
        ({"\ud800": "x"}, [0, 1, 2]),
    ],
    ids=range(12),
)
def test_fields_that_others_have_written_are_metadata(where: Any, ids: list[int]) -> None:
    assert [int(hit.source) for hit in _of_others().find("river", 9, where)] == ids


@pytest.mark.parametrize(
    ("need", "ids"),
    [
        (Need("year", "==", ("2020",)), [0, 1]),
        (Need("open", "==", ("true",)), [0]),
        (Need("lang", "!=", ("de",)), [0]),
        (Need("price", ">", ("1.5",)), [1]),
        (Need('q"', "==", ("x",)), [1]),
        (Need("text", "==", ("a river",)), []),
        (Need("nested", "!=", ("",)), []),
    ],
    ids=range(7),
)
def test_a_program_sees_them_as_texts(need: Need, ids: list[int]) -> None:
    [reply] = IndexAnswers(_of_others()).submit([Find("f/find#1", "a", (), 9, "river", (need,))])
    found = reply.result()
    assert isinstance(found, Found) and [int(hit.source) for hit in found.hits] == ids


def _of_others() -> QdrantIndex:
    """Open a collection that somebody else has filled."""
    client = QdrantClient(":memory:")
    client.create_collection("a", models.VectorParams(size=64, distance=models.Distance.DOT))
    vector = HashedWords().embed(["a river"])[0].tolist()
    client.upsert("a", [models.PointStruct(id=id, vector=vector, payload=held) for id, held in enumerate(FIELDS)])
    return QdrantIndex(client, "a", HashedWords(), make=False)
