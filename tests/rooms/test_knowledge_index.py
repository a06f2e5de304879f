"""The embedded index: when it does its work, what several of them see, and its graph."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest
from hashed_words import HashedWords
from planets import PLANETS, WAYS

from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.interface import Index
from lotterylang.world.knowledge.plan import has_graphs


def _texts(index: Index, query: str, count: int = 1, **where: Any) -> list[str]:
    return [hit.text for hit in index.find(query, count, where or None)]


@pytest.mark.parametrize("way", WAYS)
def test_the_next_one_finds_the_same(tmp_path: Path, way: str) -> None:
    with_all = EmbeddedIndex(tmp_path / "a", HashedWords(), **WAYS[way])
    with_all.add(PLANETS)
    wanted, info = with_all.find("red moons", 3), with_all.info()
    with_all.close()
    again = EmbeddedIndex(tmp_path / "a", HashedWords(), **WAYS[way])
    assert again.find("red moons", 3) == wanted
    assert again.info().identity == info.identity


def test_two_at_once_see_what_the_other_commits(tmp_path: Path) -> None:
    one, other = (EmbeddedIndex(tmp_path / "a", HashedWords(), **WAYS["graph"]) for _ in range(2))
    one.add(PLANETS)
    assert _texts(other, PLANETS[1].text) == [PLANETS[1].text]
    other.remove(["saturn"])
    assert PLANETS[1].text not in _texts(one, PLANETS[1].text, 9)


def test_several_writers_lose_nothing(tmp_path: Path) -> None:
    def write(part: int) -> None:
        index = EmbeddedIndex(tmp_path / "a", HashedWords())
        for n in range(5):
            index.add([Document(f"d{part}{n}", f"part {part} number {n}"), Document("shared", f"by {part}")])
        index.close()

    threads = [threading.Thread(target=write, args=[part]) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    index = EmbeddedIndex(tmp_path / "a", HashedWords())
    assert (index.info().documents, index.info().passages, index.check()) == (21, 21, [])


def test_scores_by_words_are_next_to_nothing_where_half_have_the_word_and_still_in_order() -> None:
    few, many = (EmbeddedIndex(None, HashedWords(), ranking="words") for _ in range(2))
    few.add([Document("a", "a red planet"), Document("b", "red rings and red ice")])
    found = few.find("red", 2)
    assert [(hit.document, round(hit.score, 4)) for hit in found] == [("b", 0.0), ("a", 0.0)]
    many.add(Document(str(n), f"planet {'red' if n == 7 else 'grey'}") for n in range(100))
    assert [hit.score > 0.3 for hit in many.find("red", 2)] == [True]


def test_only_what_is_new_is_embedded(tmp_path: Path) -> None:
    embedder = HashedWords()
    index = EmbeddedIndex(tmp_path / "a", embedder)
    index.add(PLANETS)
    embedder.embedded.clear()
    index.add([*PLANETS, Document("moon", "The moon is near.")])
    assert embedder.embedded == ["The moon is near."]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    index = EmbeddedIndex(None, HashedWords(), progress=lambda *said: told.append(said))
    index.add(Document(str(n), f"text {n}") for n in range(70))
    assert told == [("embed", 64, 64), ("embed", 6, 6)]


@pytest.mark.skipif(not has_graphs(), reason="hnswlib is not installed")
def test_a_graph_finds_nearly_all_that_exact_search_finds(tmp_path: Path) -> None:
    rng = random.Random(7)
    words = [f"w{n}" for n in range(300)]
    documents = [Document(f"d{n:04}", " ".join(rng.choices(words, k=8))) for n in range(1500)]
    exact, graph = (EmbeddedIndex(tmp_path / "a", HashedWords(), **WAYS[way]) for way in ("exact", "graph"))
    graph.add(documents)
    queries = [" ".join(rng.choices(words, k=4)) for _ in range(30)]
    assert "the graph was" not in graph.info().why
    shared = 0
    for query in queries:
        one = [hit.source for hit in exact.find(query, 10)]
        shared += len({*one} & {hit.source for hit in graph.find(query, 10)})
    assert shared >= 0.99 * 300
    assert graph.info().search == "hnsw" and "the graph was built" in graph.info().why
