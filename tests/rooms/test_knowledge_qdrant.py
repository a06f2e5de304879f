"""What a writer to Qdrant leaves that is stopped half-way, and what the next one makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from edge_server import EdgeServer
from hashed_words import HashedWords
from qdrant_client import QdrantClient

from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge import qdrant
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.document import Document
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
