"""What every index does alike, whoever provides it and however it searches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from edge_server import EdgeServer
from hashed_words import HashedWords
from planets import PLANETS, WAYS
from qdrant_client import QdrantClient
from qdrant_server import QdrantServer

from lotterylang.run.effects import Find, Found, Hit
from lotterylang.run.needs import Need
from lotterylang.world.knowledge.answers import IndexAnswers
from lotterylang.world.knowledge.chunks import Chunking
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.following import mirror
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.interface import Changed, Index
from lotterylang.world.knowledge.qdrant import QdrantIndex
from lotterylang.world.knowledge.server import connected

Open = Callable[[str], Index]


@pytest.fixture(name="opened", params=[*WAYS, "memory", "qdrant", "qdrant edge", "qdrant http"])
def _opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    if request.param == "qdrant http":
        http = QdrantServer()
        client = connected(f"{http.url}/a")[0]
        yield lambda name: QdrantIndex(client, name, HashedWords(), Chunking(12, 4))
        http.close()
        return
    yield _made(request.param, tmp_path)


def _made(kind: str, tmp_path: Path) -> Open:
    if kind == "memory":
        return lambda name: EmbeddedIndex(None, HashedWords(), Chunking(12, 4))
    if kind == "qdrant":
        return lambda name: QdrantIndex(QdrantClient(":memory:"), name, HashedWords(), Chunking(12, 4))
    if kind == "qdrant edge":
        server: Any = EdgeServer(tmp_path)
        return lambda name: QdrantIndex(server, name, HashedWords(), Chunking(12, 4))
    return lambda name: EmbeddedIndex(tmp_path / name, HashedWords(), Chunking(12, 4), **WAYS[kind])


def _texts(index: Index, query: str, count: int = 1, **where: Any) -> list[str]:
    return [hit.text for hit in index.find(query, count, where or None)]


def test_an_empty_index_finds_nothing(opened: Open) -> None:
    index = opened("a")
    assert index.find("planet", 3) == []
    assert (index.info().documents, index.info().passages, index.check()) == (0, 0, [])
    assert index.remove(["mars"]) == 0


def test_what_was_added_is_found_with_where_it_stands(opened: Open) -> None:
    index = opened("a")
    assert index.add(PLANETS) == Changed(added=3)
    for document in PLANETS:
        [hit] = index.find(document.text, 1)
        assert isinstance(hit, Hit)
        assert (hit.text, hit.title) == (document.text, document.title)
        assert hit.source == f"{document.name}:0-{len(document.text)}"
        assert hit.score > 0
    assert (index.info().documents, index.check()) == (3, [])


def test_passages_are_spans_of_their_documents(opened: Open) -> None:
    text = "\n\n".join(f"Paragraph {n} tells of topic{n} and of nothing else." for n in range(40))
    index = opened("a")
    index.add([Document("long", text), *PLANETS])
    for n in (0, 17, 39):
        [hit] = index.find(f"topic{n} Paragraph {n}", 1)
        start, end = map(int, hit.source.removeprefix("long:").split("-"))
        assert f"topic{n} " in hit.text and hit.text == text[start:end]
    assert index.info().passages > 20


def test_another_content_takes_the_place_of_the_old_one(opened: Open) -> None:
    index = opened("a")
    index.add(PLANETS)
    assert index.add([PLANETS[0], Document("sun", "Helium burns.")]) == Changed(updated=1, unchanged=1)
    assert _texts(index, "Helium burns.") == ["Helium burns."]
    assert "The sun is a star and shines." not in _texts(index, "The sun is a star and shines.", 9)
    assert index.add([Document("mars", PLANETS[0].text, "Mars", {"moons": 3, "rings": False})]).updated == 1
    assert _texts(index, "planet", 9, moons=3) == [PLANETS[0].text]
    assert (index.info().documents, index.check()) == (3, [])


def test_the_last_of_a_name_counts(opened: Open) -> None:
    index = opened("a")
    index.add(PLANETS)
    index.add([Document("sun", "Helium burns."), PLANETS[2]])
    assert _texts(index, "The sun is a star and shines.") == [PLANETS[2].text]
    assert "Helium burns." not in _texts(index, "Helium burns.", 9)


def test_what_was_removed_is_never_found_again(opened: Open) -> None:
    index = opened("a")
    index.add(PLANETS)
    assert index.remove(["mars", "venus", "mars", "\ud800"]) == 1
    assert PLANETS[0].text not in _texts(index, PLANETS[0].text, 9)
    assert _texts(index, PLANETS[0].text, 9, moons=2) == []
    assert (index.info().documents, index.check()) == (2, [])
    index.add(PLANETS[:1])
    assert _texts(index, PLANETS[0].text) == [PLANETS[0].text]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ({"moons": 2}, {"mars"}),
        ({"moons": [2, 146]}, {"mars", "saturn"}),
        ({"moons": []}, set()),
        ({"moons": 2, "rings": True}, set()),
        ({"rings": True}, {"saturn"}),
        ({"kind": "star"}, {"sun"}),
        ({"kind": None}, {"mars", "saturn"}),
        ({"kind": (None, "star")}, {"mars", "saturn", "sun"}),
        ({"moons": "2"}, set()),
        ({"moons' OR 1 --": 2}, set()),
        ({"kind": "star' OR '1' = '1"}, set()),
        ({"kind": "\ud800"}, set()),
        ({"\ud800": None}, set()),
        ({"kind": float("nan")}, set()),
        ({"moons": [10**30, 2]}, {"mars"}),
        ({}, {"mars", "saturn", "sun"}),
    ],
)
def test_metadata_leaves_some(opened: Open, where: dict[str, Any], names: set[str]) -> None:
    index = opened("a")
    index.add(PLANETS)
    assert {hit.source.split(":")[0] for hit in index.find("mars saturn sun", 9, where)} == names


PAPERS = [
    Document("a", "a paper on rivers", "", {"year": 2019, "lang": "en", "open": True}),
    Document("b", "a paper on rivers", "", {"year": "2020", "lang": "de", "open": 1}),
    Document("c", "a paper on rivers", "", {"year": 2020, "lang": None, "open": False}),
    Document("d", "a paper on rivers", "", {"year": 2020.0, "lang": "é", "open": "true", 'q"\\.[0]': "x"}),
    Document("e", "a paper on rivers", "", {"year": 0.1, "lang": "", "tags": '["x"]'}),
]
"""What is compared as text may be a number, or nothing, in an index."""


@pytest.mark.parametrize(
    ("needs", "names"),
    [
        ([], "abcde"),
        ([Need("year", "==", ("2020",))], "bc"),
        ([Need("year", "==", ("2020.0",))], "d"),
        ([Need("year", "==", ("0.1",))], "e"),
        ([Need("year", "!=", ("2020",))], "ade"),
        ([Need("year", "in", ("2019", "2020", "7"))], "abc"),
        ([Need("year", "in", ())], ""),
        ([Need("year", "in", ("2019", "2020")), Need("year", ">", ("2019",))], "bc"),
        ([Need("year", ">=", ("2019",)), Need("year", "<", ("2020.0",))], "abc"),
        ([Need("year", "<", ("2",))], "e"),
        ([Need("open", "==", ("true",))], "ad"),
        ([Need("open", "==", ("1",))], "b"),
        ([Need("open", "in", ("false", "1"))], "bc"),
        ([Need("lang", "==", ("null",))], ""),
        ([Need("lang", "!=", ("en",))], "bde"),
        ([Need("lang", ">", ("z",))], "d"),
        ([Need("lang", "<=", ("",))], "e"),
        ([Need("lang", "==", ("en",)), Need("year", "==", ("2019",))], "a"),
        ([Need("lang", "==", ("en",)), Need("year", "==", ("2020",))], ""),
        ([Need("nothing", "!=", ("x",))], ""),
        ([Need('q"\\.[0]', "==", ("x",))], "d"),
        ([Need("tags", "==", ('["x"]',))], "e"),
        ([Need("\ud800", "!=", ("x",)), Need("year", "<", ("\ud800\0",))], ""),
        ([Need("year", "<", ("\ud800",)), Need("year", "!=", ("NaN",)), Need("lang", ">", ("\0",))], "abd"),
        ([Need("year", "in", tuple(map(str, range(5_000))))], "abc"),
        ([Need("year", "in", tuple(f"{n}.5" for n in range(1_200)))], ""),
        ([Need("year", "in", tuple(map(str, range(12_000))))], "abc"),
    ],
    ids=range(27),
)
def test_a_program_finds_the_documents_that_are_as_it_says(opened: Open, needs: list[Need], names: str) -> None:
    index = opened("a")
    index.add(PAPERS)
    answers = IndexAnswers(index)
    for count in (9, 1):
        [future] = answers.submit([Find("f/find#1", "a", (), count, "paper on rivers", tuple(needs))])
        found = future.result()
        assert isinstance(found, Found)
        assert "".join(hit.source[0] for hit in found.hits) == names[:count]


def test_metadata_are_given_as_texts(opened: Open) -> None:
    index = opened("a")
    index.add(PAPERS)
    metas = [dict(hit.meta) for hit in index.find("paper on rivers", 9)]
    assert metas[0] == {"year": "2019", "lang": "en", "open": "true"}
    assert metas[2:4] == [{"year": "2020", "open": "false"}, dict(PAPERS[3].metadata) | {"year": "2020.0"}]


def test_what_is_needed_is_found_behind_any_number_of_nearer_ones(opened: Open) -> None:
    index = opened("a")
    near = (Document(f"near{n:04}", "red red planet", "", {"kind": n % 2}) for n in range(300))
    far = [Document(f"far{n}", "red dust", "", {"kind": "x", "date": f"2020-0{n}"}) for n in (1, 2, 3)]
    index.add([*near, *far])
    answers = IndexAnswers(index)
    asked = [[Need("kind", "==", ("x",))], [Need("date", ">", ("2020-01",))], [Need("kind", "!=", ("1",))]]
    found = [future.result() for future in answers.submit([_rare(needs) for needs in asked])]
    wanted = [["far1", "far2"], ["far2", "far3"], ["near0000", "near0002"]]
    assert [[hit.source.partition(":")[0] for hit in one.hits] for one in found if isinstance(one, Found)] == wanted


def _rare(needs: list[Need]) -> Find:
    return Find("f/find#1", "a", (), 2, "red planet", tuple(needs))


def test_no_more_are_given_than_asked_for_and_the_best_come_first(opened: Open) -> None:
    index = opened("a")
    index.add(Document(f"d{n:02}", " ".join(["star"] * n + ["dust"] * (9 - n))) for n in range(1, 9))
    for count in (-1, 0, 1, 3, 8, 100, 10**30):
        hits = index.find("star", count)
        assert len(hits) == min(max(count, 0), 8)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert index.find("star", 3) == index.find("star", 8)[:3] == index.find("star", 3)


def test_the_order_of_arrival_does_not_matter(opened: Open) -> None:
    documents = [Document(f"d{n:02}", f"twin {n % 3} of many") for n in range(12)]
    one, other = opened("a"), opened("b")
    one.add(documents)
    other.add([Document("d03", "in between"), *reversed(documents[6:])])
    other.add(documents[:6])
    for query in ("twin 1", "many", "of"):
        assert one.find(query, 5) == other.find(query, 5)
    assert one.info().identity == other.info().identity
    other.remove(["d03"])
    assert one.info().identity != other.info().identity


@pytest.mark.parametrize(
    "query",
    [
        *("", " ", '"', "''", "a AND", "NOT", "NEAR(", "title:mars", "*", "^mars", "{title}: x", "a\0b", "\ud800", "-"),
        *("mars OR", '"mars" "', "); DROP TABLE documents; --", "mars " * 20_000, "x" * 100_000, "é\u0301ß 火星 🪐"),
    ],
    ids=range(20),
)
def test_no_query_is_an_order(opened: Open, query: str) -> None:
    index = opened("a")
    index.add(PLANETS)
    assert len(index.find(query, 2)) <= 2
    assert index.check() == []
    assert _texts(index, PLANETS[0].text) == [PLANETS[0].text]


def test_several_threads_find_what_one_finds(opened: Open) -> None:
    index = opened("a")
    index.add(PLANETS)
    wanted = index.find("red planet", 2)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(index.find("red planet", 2))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8


def test_a_mirror_holds_what_its_source_holds_and_nothing_else(opened: Open) -> None:
    index = opened("a")
    assert mirror(index, PLANETS) == Changed(added=3)
    new = [PLANETS[0], Document("sun", "It shines."), Document("moon", "It is near.")]
    assert mirror(index, new) == Changed(added=1, updated=1, removed=1, unchanged=1)
    fresh = opened("b")
    fresh.add(new)
    assert index.info().identity == fresh.info().identity


def test_a_document_without_words_is_kept_and_not_found(opened: Open) -> None:
    index = opened("a")
    assert index.add([Document("empty", " \n\n ")]) == Changed(added=1)
    assert (index.info().documents, index.info().passages) == (1, 0)
    assert index.find("empty", 3) == []
    assert index.add([Document("empty", " \n\n ")]) == Changed(unchanged=1)
