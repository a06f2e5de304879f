"""What is damaged, or made otherwise, is said, rebuilt or refused; and a graph's file is believed only if it fits."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hashed_words import HashedWords

from golden import assert_golden
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge import graph as graphs
from lotterylang.world.knowledge import schema
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.following import files_of, opened
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.interface import Changed, Vectors
from lotterylang.world.knowledge.origin import Origin
from lotterylang.world.knowledge.plan import EXACT_NUMBERS, has_graphs, plan
from lotterylang.world.knowledge.sources import read

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


def _found(path: Path, **how: Any) -> list[object]:
    index = EmbeddedIndex(path, HashedWords(), **how)
    try:
        return [index.find(f"number{n}", 3) for n in (0, 7, 29)]
    finally:
        index.close()


FLIP = "X'00' || substr(vector, 2)"

DAMAGES: dict[str, str] = {
    "a vector": f"UPDATE vectors SET vector = {FLIP} WHERE chunk = 7",
    "another dimension": "UPDATE vectors SET vector = substr(vector, 1, 128) WHERE chunk = 7",
    "a vector of another": "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE chunk = 8) WHERE chunk = 7",
    "a vector and its digest of another": (
        "UPDATE vectors SET (vector, digest) = (SELECT vector, digest FROM vectors WHERE chunk = 8) WHERE chunk = 7"
    ),
    "a lost vector": "DELETE FROM vectors WHERE chunk = 7",
    "lost passages and vectors": "DELETE FROM vectors",
    "a passage": "UPDATE chunks SET text = 'number8 of any things' WHERE id = 8",
    "a span": "UPDATE chunks SET start = 1 WHERE id = 8",
    "words": "INSERT INTO words (words, rowid, title, text) VALUES ('delete', 8, 'Title 7', 'number7')",
    "lost words": "INSERT INTO words (words) VALUES ('delete-all')",
    "marks": "UPDATE marks SET value = 5 WHERE document = 3",
    "counts": "UPDATE about SET chunks = 29",
    "sums": "UPDATE about SET documents_sum = '00'",
    "a text": "UPDATE documents SET text = 'number7 of any things' WHERE name LIKE '%d7'",
    "a title": "UPDATE documents SET title = 'Title 8' WHERE name LIKE '%d7'",
    "metadata": """UPDATE documents SET metadata = '{"n": 8}' WHERE name LIKE '%d7'""",
    "broken metadata": "UPDATE documents SET metadata = '{' WHERE name LIKE '%d7'",
    "no UTF-8": "UPDATE documents SET text = CAST(X'ff' AS TEXT) WHERE name LIKE '%d7'",
}
"""For each damage, how it is done."""


@pytest.fixture(name="origin")
def _origin(tmp_path: Path) -> Origin:
    """Write the documents to a file, and build its index."""
    source = tmp_path / "d.jsonl"
    lines = [{"id": one.name, "text": one.text, "title": one.title, **one.metadata} for one in DOCUMENTS]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    origin = Origin(source, "words")
    _built(origin)
    return origin


def _built(origin: Origin, embedder: HashedWords | None = None, again: bool = False) -> Changed | None:
    index, changed = opened(origin, embedder or HashedWords(), ranking="hybrid", again=again)
    index.close()
    return changed


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_said_and_build_again_mends_it(damage: str, origin: Origin) -> None:
    wanted = _found(origin.path)
    _changed(origin.path, DAMAGES[damage])
    index = EmbeddedIndex(origin.path, HashedWords())
    assert index.check() != []
    index.close()
    assert _built(origin, again=True) == Changed(added=30)
    assert _found(origin.path) == wanted
    assert EmbeddedIndex(origin.path, HashedWords()).check() == []


@pytest.mark.parametrize("damage", ["a vector", "another dimension", "a lost vector", "a passage", "counts"])
def test_no_answer_is_given_out_of_damage(damage: str, path: Path) -> None:
    _changed(path, DAMAGES[damage])
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


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_said(share: float, path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    try:
        index = EmbeddedIndex(path, HashedWords())
        damages = index.check()
    except LotError as problem:
        assert problem.diagnostics[0].code == "LOT-E0652"
    else:
        assert damages != []


def test_an_emptied_file_is_filled_again_from_the_source(origin: Origin) -> None:
    wanted = _found(origin.path)
    for one in files_of(origin.path):
        one.unlink() if one.name.endswith(("-wal", "-shm")) else None
    origin.path.write_bytes(b"")
    assert _built(origin) == Changed(added=30)
    assert _found(origin.path) == wanted


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


def test_what_another_model_has_made_is_made_again(origin: Origin) -> None:
    other = HashedWords(32, "other")
    assert _built(origin, other) == Changed(added=30)
    again = EmbeddedIndex(origin.path, other)
    assert (again.info().model, again.info().dimension, again.info().documents) == ("other", 32, 30)
    assert again.check() == []
    fresh = EmbeddedIndex(None, other)
    fresh.add(read(origin.source or Path()))
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
    half = "built: its file is damaged"
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
def test_a_damaged_graph_is_said_aloud_by_check_and_by_the_search_that_builds_it_again(path: Path) -> None:
    graph, card = path.with_name("a.index.hnsw"), path.with_name("a.index.hnsw.json")
    told: list[str] = []

    def said() -> list[str]:
        told.clear()
        _found(path, ranking="vectors", search="hnsw", progress=lambda stage, *how: told.append(stage))
        return [*told]

    def checked() -> list[str]:
        index = EmbeddedIndex(path, HashedWords())
        try:
            return index.check()
        finally:
            index.close()

    assert (checked(), said(), checked(), said()) == ([], [], [], [])
    held, beside = graph.read_bytes(), card.read_bytes()
    damages = [(held[:200] + b"0000" + held[204:], beside), (held[:-9], beside), (b"", beside), (held, b"{")]
    for graph_held, card_held in damages:
        graph.write_bytes(graph_held)
        card.write_bytes(card_held)
        [damage] = checked()
        assert "graph" in damage and "a.index.hnsw" in damage
        [stage] = said()
        assert stage == "warning: the graph `a.index.hnsw` is damaged, and is built again"
        assert (checked(), said()) == ([], [])
    for lost in (graph, card):  # a cache that is not there is no damage
        lost.unlink()
        assert (checked(), said()) == ([], [])


@NEEDS_GRAPHS
def test_a_graph_whose_writing_is_cut_short_is_no_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _said(path)
    index = EmbeddedIndex(path, HashedWords(), ranking="vectors", search="hnsw")
    index.add([Document("new", "number7 is new")])
    real = graphs._placed
    placed: list[Path] = []

    def cut_short(aside: Path, target: Path) -> None:
        if placed:
            raise OSError(28, "no space left on device")
        placed.append(target)
        real(aside, target)

    monkeypatch.setattr(graphs, "_placed", cut_short)
    index.find("number7", 3)
    assert placed and index.check() == []
    index.close()


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
