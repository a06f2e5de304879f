"""What is damaged, or made otherwise, is said, rebuilt or refused; and a graph's file is believed only if it fits."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hashed_words import HashedWords

from golden import assert_golden
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge import schema
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.interface import Vectors
from lotterylang.world.knowledge.plan import EXACT_NUMBERS, has_graphs, plan

NEEDS_GRAPHS = pytest.mark.skipif(not has_graphs(), reason="hnswlib is not installed")
DOCUMENTS = [Document(f"d{n}", f"number{n} of many things", f"Title {n}", {"n": n}) for n in range(30)]


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "a.index"
    index = EmbeddedIndex(path, HashedWords())
    index.add(DOCUMENTS)
    index.close()
    return path


def _changed(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def _found(path: Path, **how: str) -> list[object]:
    index = EmbeddedIndex(path, HashedWords(), **how)  # type: ignore[arg-type]
    try:
        return [index.find(f"number{n}", 3) for n in (0, 7, 29)]
    finally:
        index.close()


FLIP = "X'00' || substr(vector, 2)"

DAMAGES: dict[str, tuple[str, bool]] = {
    "a vector": (f"UPDATE vectors SET vector = {FLIP} WHERE chunk = 7", True),
    "another dimension": ("UPDATE vectors SET vector = substr(vector, 1, 128) WHERE chunk = 7", True),
    "a vector of another": (
        "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE chunk = 8) WHERE chunk = 7",
        True,
    ),
    "a vector and its digest of another": (
        "UPDATE vectors SET (vector, digest) = (SELECT vector, digest FROM vectors WHERE chunk = 8) WHERE chunk = 7",
        True,
    ),
    "a lost vector": ("DELETE FROM vectors WHERE chunk = 7", True),
    "lost passages and vectors": ("DELETE FROM vectors", True),
    "a passage": ("UPDATE chunks SET text = 'number8 of any things' WHERE id = 8", True),
    "a span": ("UPDATE chunks SET start = 1 WHERE id = 8", True),
    "words": ("INSERT INTO words (words, rowid, title, text) VALUES ('delete', 8, 'Title 7', 'number7')", True),
    "lost words": ("INSERT INTO words (words) VALUES ('delete-all')", True),
    "marks": ("UPDATE marks SET value = 5 WHERE document = 3", True),
    "counts": ("UPDATE about SET chunks = 29", True),
    "sums": ("UPDATE about SET documents_sum = '00'", True),
    "a text": ("UPDATE documents SET text = 'number7 of any things' WHERE name = 'd7'", False),
    "a title": ("UPDATE documents SET title = 'Title 8' WHERE name = 'd7'", False),
    "metadata": ("""UPDATE documents SET metadata = '{"n": 8}' WHERE name = 'd7'""", False),
    "broken metadata": ("UPDATE documents SET metadata = '{' WHERE name = 'd7'", False),
    "no UTF-8": ("UPDATE documents SET text = CAST(X'ff' AS TEXT) WHERE name = 'd7'", False),
}
"""For each damage, how it is done, and whether the documents are whole, so that all else can be made of them again."""


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_said_and_rebuilt_where_the_documents_are_whole(damage: str, path: Path) -> None:
    wanted = _found(path)
    statement, mended = DAMAGES[damage]
    _changed(path, statement)
    index = EmbeddedIndex(path, HashedWords())
    assert index.check() != []
    index.close()
    if mended:
        EmbeddedIndex(path, HashedWords(), rebuild=True).close()
        assert _found(path) == wanted
        assert EmbeddedIndex(path, HashedWords()).check() == []
    else:
        before = path.read_bytes()
        with pytest.raises(LotError, match="LOT-E0652"):
            EmbeddedIndex(path, HashedWords(), rebuild=True)
        assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["a vector", "another dimension", "a lost vector", "a passage", "counts"])
def test_no_answer_is_given_out_of_damage(damage: str, path: Path) -> None:
    _changed(path, DAMAGES[damage][0])
    index = EmbeddedIndex(path, HashedWords())
    with pytest.raises(LotError, match="LOT-E0652"):
        index.find("number7", 30)


def test_a_flipped_byte_anywhere_is_said_or_changes_no_answer(path: Path) -> None:
    wanted, whole = _found(path), path.read_bytes()
    rng = random.Random(3)
    said = 0
    for _ in range(60):
        at = rng.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :])
        try:
            index = EmbeddedIndex(path, HashedWords())
            quiet = index.check() == []
            index.close()
            if quiet:
                assert _found(path) == wanted, at
            said += not quiet
        except LotError as problem:
            assert problem.diagnostics[0].code in ("LOT-E0652", "LOT-E0653", "LOT-E0656"), problem
            said += 1
        for left in path.parent.glob("a.index-*"):
            left.unlink()
    assert said > 10


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_said(share: float, path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    try:
        index = EmbeddedIndex(path, HashedWords())
        damages = index.check()
    except LotError as problem:
        assert problem.diagnostics[0].code == "LOT-E0652"
    else:
        assert damages != [] or (share == 0.0 and index.info().documents == 0)


def _golden(name: str, path: Path, make: Callable[[], object]) -> None:
    before = path.read_bytes()
    with pytest.raises(LotError) as caught:
        make()
    assert_golden(name, caught.value, path.parent)
    assert path.read_bytes() == before


def test_what_was_made_otherwise_is_refused_and_stays(path: Path) -> None:
    _golden("LOT-E0653 another model", path, lambda: EmbeddedIndex(path, HashedWords(name="other")))
    _golden("LOT-E0653 another dimension", path, lambda: EmbeddedIndex(path, HashedWords(32)))
    _golden("LOT-E0653 other passages", path, lambda: EmbeddedIndex(path, HashedWords(), Chunking(10, 2)))
    _changed(path, "PRAGMA user_version = 0")
    _golden("LOT-E0653 an older version", path, lambda: EmbeddedIndex(path, HashedWords()))
    _changed(path, "PRAGMA user_version = 2")
    _golden("LOT-E0656 a newer version", path, lambda: EmbeddedIndex(path, HashedWords()))
    _changed(path, "PRAGMA application_id = 1")
    _golden("LOT-E0656 another program's", path, lambda: EmbeddedIndex(path, HashedWords()))


def test_what_was_made_otherwise_can_be_made_again(path: Path) -> None:
    again = EmbeddedIndex(path, HashedWords(32, "other"), Chunking(10, 2), rebuild=True)
    assert (again.info().model, again.info().dimension, again.info().documents) == ("other", 32, 30)
    assert again.check() == []
    fresh = EmbeddedIndex(None, HashedWords(32, "other"), Chunking(10, 2))
    fresh.add(DOCUMENTS)
    assert again.find("number7 things", 9) == fresh.find("number7 things", 9)
    assert again.info().identity == fresh.info().identity


def test_a_file_that_cannot_be_used_is_told_in_these_words(tmp_path: Path) -> None:
    path = tmp_path / "b.index"
    path.write_bytes(b"nothing that can be read" * 50)
    _golden("LOT-E0652 a damaged index", path, lambda: EmbeddedIndex(path, HashedWords()))
    for unusable in (tmp_path / "none" / "c.index", tmp_path):
        with pytest.raises(LotError, match="LOT-E0652"):
            EmbeddedIndex(unusable, HashedWords())


class Wrong(HashedWords):
    """Gives what are no vectors."""

    wrong: Callable[[Vectors], Vectors] = staticmethod(lambda vectors: vectors)

    def embed(self, texts: object) -> Vectors:
        return self.wrong(super().embed(texts))  # type: ignore[arg-type]


def test_an_embedder_that_gives_no_vectors_changes_nothing(path: Path) -> None:
    embedder = Wrong()
    index = EmbeddedIndex(path, embedder)
    for wrong in (lambda v: v[:, 1:], lambda v: v[1:], lambda v: v * np.nan, lambda v: v.tolist()):
        embedder.wrong = wrong
        with pytest.raises(LotError, match="LOT-E0654") as caught:
            index.add([Document("new", "two words"), Document("d1", "two words")])
    embedder.wrong = lambda v: v[:, 1:]
    with pytest.raises(LotError) as caught:
        index.add([Document("new", "two words")])
    assert_golden("LOT-E0654 another dimension", caught.value)
    assert index.info().documents == 30 and index.check() == []


def test_a_failure_in_a_commit_leaves_nothing_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = _found(path)
    index = EmbeddedIndex(path, HashedWords())
    real, calls = index._store.put, []

    def put(*what: object) -> None:
        calls.append(what)
        if len(calls) == 3:
            raise sqlite3.OperationalError("database or disk is full")
        real(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(index._store, "put", put)
    with pytest.raises(LotError, match=r"LOT-E0652.*disk is full"):
        index.add(Document(f"d{n}", "all new") for n in range(5))
    index.close()
    assert _found(path) == wanted


# the graph beside it


def _said(path: Path) -> str:
    index = EmbeddedIndex(path, HashedWords(), ranking="vectors", search="hnsw")
    try:
        index.find("number7", 3)
        return index.info().why.split("the graph was ")[1]
    finally:
        index.close()


@NEEDS_GRAPHS
def test_a_graph_is_read_again_and_brought_up_to_date(path: Path) -> None:
    assert _said(path) == "built: there is no file of it"
    assert _said(path) == "read"
    index = EmbeddedIndex(path, HashedWords(), ranking="vectors", search="hnsw")
    index.remove(["d7"])
    index.add([Document("new", "number7 is new")])
    assert next(hit.document for hit in index.find("number7 is new", 30)) == "new"
    assert "d7" not in {hit.document for hit in index.find("number7", 30)}
    index.close()
    assert _said(path) == "read"
    _two_gone(path)
    assert _said(path) == "brought up to date"
    assert _said(path) == "read"
    assert _found(path, ranking="vectors", search="hnsw") == _found(path, ranking="vectors", search="exact")


def _two_gone(path: Path) -> None:
    index = EmbeddedIndex(path, HashedWords())
    index.remove(["d1", "d2"])
    index.add([Document("newer", "number1 and number2")])
    index.close()


@NEEDS_GRAPHS
def test_a_graph_that_does_not_fit_is_built_again(path: Path, tmp_path: Path) -> None:
    graph, card = path.with_name("a.index.hnsw"), path.with_name("a.index.hnsw.json")
    wanted = _found(path, ranking="vectors", search="hnsw")
    held, said = graph.read_bytes(), card.read_bytes()

    def rebuilt(graph_held: bytes | None, card_held: bytes | None) -> str:
        for file, bytes_ in ((graph, graph_held), (card, card_held)):
            file.unlink(missing_ok=True)
            if bytes_ is not None:
                file.write_bytes(bytes_)
        why = _said(path)
        assert _found(path, ranking="vectors", search="hnsw") == wanted
        return why

    flipped = held[:200] + bytes([held[200] ^ 4]) + held[201:]
    half = "built: its file is damaged, or half written"
    assert rebuilt(flipped, said) == half
    assert rebuilt(held[:-100], said) == half
    assert rebuilt(b"", said) == half
    assert rebuilt(None, said) == rebuilt(held, None) == "built: there is no file of it"
    assert rebuilt(held, b"{") == "built: its file can't be read"
    assert rebuilt(held, b"[]") == half
    other = json.dumps({**json.loads(said), "made": [1, "other", 64, 16, 200, 100]}).encode()
    assert rebuilt(held, other) == "built: its file is of another model, dimension or version"
    assert rebuilt(held, said) == "read"

    apart = EmbeddedIndex(tmp_path / "b.index", HashedWords(), ranking="vectors", search="hnsw")
    apart.add(Document(f"d{n}", f"number{n} elsewhere") for n in range(30))
    apart.find("number7", 3)
    apart.close()
    theirs = path.with_name("b.index.hnsw").read_bytes(), path.with_name("b.index.hnsw.json").read_bytes()
    assert rebuilt(*theirs) == "built: its file is of another store, or of long ago"


@NEEDS_GRAPHS
def test_a_graph_is_built_again_when_much_is_gone(path: Path) -> None:
    _said(path)
    index = EmbeddedIndex(path, HashedWords())
    index.remove([f"d{n}" for n in range(10)])
    index.close()
    assert _said(path) == "built: its file is of another store, or of long ago"


@NEEDS_GRAPHS
def test_a_graph_that_cannot_be_written_is_done_without(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*what: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr("lotterylang.world.knowledge.graph._placed", full)
    assert _said(path) == "built: there is no file of it, and its file can't be written"
    assert not [*path.parent.glob("*aside*")]
    assert _found(path, ranking="vectors", search="hnsw") == _found(path, ranking="vectors", search="exact")


# the plan


def test_the_plan_takes_what_is_cheaper_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    many = EXACT_NUMBERS // 64 + 1
    monkeypatch.setattr("lotterylang.world.knowledge.plan.has_graphs", lambda: True)
    assert plan(many - 1, 64).search == "exact" and "few" in plan(many - 1, 64).why
    assert plan(many, 64).search == "hnsw"
    assert plan(many, 64, chosen=3).search == "exact" and "3 of" in plan(many, 64, chosen=3).why
    assert plan(many, 64, forced="exact").search == "exact"
    assert plan(3, 64, forced="hnsw").search == "hnsw"
    monkeypatch.setattr("lotterylang.world.knowledge.plan.has_graphs", lambda: False)
    assert plan(many, 64).search == "exact" and "hnswlib is not installed" in plan(many, 64).why


def test_without_hnswlib_exact_search_takes_its_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = _found(path, ranking="vectors", search="exact")
    monkeypatch.setattr("lotterylang.world.knowledge.plan.has_graphs", lambda: False)
    assert _found(path, ranking="vectors", search="hnsw") == wanted
    assert not path.with_name("a.index.hnsw").exists()


def test_the_file_is_marked_as_what_it_is(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (schema.MARK,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
