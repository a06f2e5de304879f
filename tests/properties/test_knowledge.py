"""Laws of the knowledge room: chunks cover their text, a store is a dict, hybrid search loses no best passage."""

from __future__ import annotations

import re
from itertools import pairwise

from hashed_words import HashedWords
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from lotterylang.world.knowledge.chunks import Chunking, spans
from lotterylang.world.knowledge.document import Document
from lotterylang.world.knowledge.following import mirror
from lotterylang.world.knowledge.fusion import SAME, fused
from lotterylang.world.knowledge.index import EmbeddedIndex
from lotterylang.world.knowledge.words import expression

WORDS = st.sampled_from(["a", "b", "cat", "dog", "sun.", "Moon!", "(x)", "naïve", "火星", "longer-word-of-many-signs"])
SPACES = st.sampled_from([" ", " ", " ", "  ", "\n", "\n\n", " \n \n"])
TEXTS = st.lists(st.tuples(WORDS, SPACES), max_size=60).map(lambda parts: "".join(a + b for a, b in parts))
CHUNKINGS = st.integers(1, 12).flatmap(lambda size: st.builds(Chunking, st.just(size), st.integers(0, size // 2)))


@settings(max_examples=150, deadline=None)
@given(TEXTS, CHUNKINGS, st.sampled_from(["words", "letters", "bytes"]))
def test_chunks_cover_their_text_and_are_no_longer_than_they_may_be(text: str, how: Chunking, unit: str) -> None:
    count = {"words": HashedWords().count_tokens, "letters": len, "bytes": lambda text: len(text.encode())}[unit]
    found = spans(text, count, how)
    seen = {at for start, end in found for at in range(start, end)}
    assert all(at in seen or sign.isspace() for at, sign in enumerate(text))
    for start, end in found:
        assert count(text[start:end]) <= how.size or end - start == 1
        assert text[start:end] == text[start:end].strip() != ""
    for (start, end), (after, beyond) in pairwise(found):
        assert start < after and end < beyond
        assert count(text[after:end]) <= how.overlap
        assert text[end:after].strip() == ""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=12))
def test_a_paragraph_that_fits_is_never_cut(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    size = max(HashedWords().count_tokens(paragraph) for paragraph in paragraphs)
    found = spans(text, HashedWords().count_tokens, Chunking(size, 0))
    at = 0
    for paragraph in paragraphs:
        assert any(start <= at and at + len(paragraph) <= end for start, end in found)
        at += len(paragraph) + 2


RANKINGS = st.lists(st.integers(0, 30), unique=True, max_size=20).map(
    lambda chunks: [(chunk, 1 - place / 100) for place, chunk in enumerate(chunks)]
)


@settings(max_examples=200, deadline=None)
@given(RANKINGS, RANKINGS, st.integers(1, 12))
def test_hybrid_never_loses_the_best_of_either(
    near: list[tuple[int, float]], worded: list[tuple[int, float]], count: int
) -> None:
    found = [chunk for chunk, _ in fused(near, worded, count)]
    known = {chunk for chunk, _ in [*near, *worded]}
    assert len({*found}) == len(found) == min(count, len(known))
    assert {*found} <= known
    if near:
        assert found[0] == near[0][0]  # its cosine is 1: it says what the query says
    if worded and count > 1:
        assert worded[0][0] in found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_a_query_becomes_quoted_words_and_nothing_else(query: str) -> None:
    assert re.fullmatch(r'("[^\W_]+"( OR "[^\W_]+")*)?', expression(query))


NAMES = st.sampled_from([f"d{n}" for n in range(6)])
MARKS = st.dictionaries(st.sampled_from(["year", "kind"]), st.sampled_from([1, 2, "1", None, True, 2.5]), max_size=2)
DOCUMENTS = st.builds(Document, NAMES, TEXTS, st.sampled_from(["", "Title"]), MARKS)
HOW = Chunking(8, 3)


class AsADict(RuleBasedStateMachine):
    """An index in step with a dict of documents."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, Document] = {}
        self.index = EmbeddedIndex(None, HashedWords(), HOW)

    @rule(documents=st.lists(DOCUMENTS, max_size=4))
    def add(self, documents: list[Document]) -> None:
        said = self.index.add(documents)
        last = {document.name: document for document in documents}
        old = {name: self.held[name].hash for name in last if name in self.held}
        assert said.added == len(last) - len(old)
        assert said.unchanged == sum(last[name].hash == hash for name, hash in old.items())
        assert said.updated == len(old) - said.unchanged
        self.held |= last

    @rule(names=st.lists(NAMES, max_size=3))
    def remove(self, names: list[str]) -> None:
        gone = {*names} & {*self.held}
        assert self.index.remove(names) == len(gone)
        self.held = {name: document for name, document in self.held.items() if name not in gone}

    @rule(documents=st.lists(DOCUMENTS, max_size=4, unique_by=lambda document: document.name))
    def mirror(self, documents: list[Document]) -> None:
        said = mirror(self.index, documents)
        assert said.removed == len({*self.held} - {document.name for document in documents})
        self.held = {document.name: document for document in documents}

    @rule(query=TEXTS, count=st.integers(1, 8), year=st.sampled_from([1, 2, "1", None]))
    def find(self, query: str, count: int, year: int | str | None) -> None:
        fresh = EmbeddedIndex(None, HashedWords(), HOW)
        fresh.add(self.held.values())
        assert self.index.find(query, count) == fresh.find(query, count)
        chosen = self.index.find(query, count, {"year": year})
        assert all(self.held[hit.document].metadata.get("year") == year for hit in chosen)
        assert chosen == fresh.find(query, count, {"year": year})
        assert fresh.info().identity == self.index.info().identity
        near = EmbeddedIndex(None, HashedWords(), HOW, ranking="vectors")
        near.add(self.held.values())
        for best in near.find(query, 1):
            found = [hit.source for hit in self.index.find(query, count)]
            assert best.source in found or (count == 1 and best.score < SAME)

    @invariant()
    def every_passage_is_what_its_document_says(self) -> None:
        found = self.index.find("cat dog sun", 1_000)
        for hit in found:
            document = self.held[hit.document]
            assert (hit.text, hit.metadata) == (document.text[hit.start : hit.end], document.metadata)
        assert {hit.document for hit in found} == {name for name, held in self.held.items() if held.text.strip()}

    @invariant()
    def nothing_is_damaged(self) -> None:
        assert self.index.check() == []
        assert self.index.info().documents == len(self.held)


def test_an_index_is_a_dict_of_documents() -> None:
    run_state_machine_as_test(AsADict, settings=settings(max_examples=20, stateful_step_count=12, deadline=None))
