"""Searches of a run are answered by an index, or by a list that is embedded once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hashed_words import HashedWords

from lotterylang.run import effects
from lotterylang.run.effects import Failed, Find, Found, Hit, Reply
from lotterylang.run.needs import Need
from lotterylang.syntax.diagnostics import LotError
from lotterylang.world.knowledge.answers import KEPT_LISTS, IndexAnswers, ListAnswers
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.index import EmbeddedIndex


def _asked(answers: effects.Index, *searches: Find) -> list[Reply]:
    return [future.result() for future in answers.submit(searches)]


def _sources(reply: Reply) -> list[str]:
    assert isinstance(reply, Found)
    return [hit.source for hit in reply.hits]


def test_an_index_answers_in_the_order_of_the_questions(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "a", HashedWords())
    index.add([Document("mars", "A red planet."), Document("sun", "A star.")])
    answers = IndexAnswers(index)
    first, second, none = _asked(
        answers,
        Find("f/find#1", "sky", (), 1, "star"),
        Find("f/find#2", "sky", (), 2, "red planet"),
        Find("f/find#3", "sky", (), 0, "red"),
    )
    assert (_sources(first), _sources(second), _sources(none)) == (["sun:0-7"], ["mars:0-13", "sun:0-7"], [])
    assert isinstance(first, Found) and type(first.hits[0]) is Hit
    assert answers.identity == f"hybrid exact {index.info().identity}"
    answers.close()


def test_an_index_without_documents_fails() -> None:
    answers = IndexAnswers(EmbeddedIndex(None, HashedWords()))
    [reply] = _asked(answers, Find("f/find#1", "sky", (), 1, "star"))
    assert reply == Failed("NotFound", "the index `sky` holds no documents")
    answers.close()


def test_a_damaged_index_ends_the_run(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "a", HashedWords())
    index.add([Document("mars", "A red planet.")])
    index._store.run("UPDATE vectors SET vector = X'00'")
    answers = IndexAnswers(index)
    with pytest.raises(LotError, match="LOT-E0652"):
        _asked(answers, Find("f/find#1", "sky", (), 1, "star"))
    answers.close()


def test_a_list_is_searched_as_it_is_and_embedded_once() -> None:
    embedder = HashedWords()
    answers = ListAnswers(embedder)
    hits = (Hit("a red planet", "Mars", 0, "0"), Hit("a star " * 400, "", 0, "1"), Hit("a star " * 400, "", 0, "2"))
    found = _asked(answers, *(Find("f/find#1", None, hits, count, "star") for count in (1, 2, 9)))
    assert [_sources(reply) for reply in found] == [["1"], ["1", "2"], ["1", "2", "0"]]
    assert isinstance(found[0], Found) and replace(found[0].hits[0], score=0) == hits[1]
    assert embedder.embedded.count("a star " * 400) == 0  # spaces at the end are no part of a passage
    assert sum("star star" in text or len(text) > 1_000 for text in embedder.embedded) == 2
    answers.close()


def test_a_list_is_searched_among_what_is_needed() -> None:
    answers = ListAnswers(HashedWords())
    hits = (Hit("a star", "", 0, "0"), Hit("a star", "", 0, "1", (("a", "1"),)), Hit("dust", "", 0, "2", (("a", "1"),)))
    needs = (Need("a", "==", ("1",)),), (Need("a", "==", ("2",)),)
    found = _asked(answers, *(Find("f/find#1", None, hits, 3, "star", need) for need in needs))
    assert [_sources(reply) for reply in found] == [["1", "2"], []]
    assert isinstance(found[0], Found) and found[0].hits[1].meta == (("a", "1"),)
    answers.close()


def test_the_last_lists_are_kept() -> None:
    embedder = HashedWords()
    answers = ListAnswers(embedder)
    lists = [(Hit(f"text {n}\0", "", 0, "0"),) for n in range(KEPT_LISTS + 1)]
    for passages in (*lists, lists[-1], lists[0]):
        [reply] = _asked(answers, Find("f/find#1", None, passages, 1, "text"))
        assert _sources(reply) == ["0"]
    assert embedder.embedded.count("text 0") == 2
    assert embedder.embedded.count(f"text {KEPT_LISTS}") == 1
    answers.close()
