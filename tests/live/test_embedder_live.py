"""The catalogue's embedder, as a user gets it: near texts mean nearly the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from command import lot
from lotterylang.world.model.embedding.embedder import TextEmbedder
from lotterylang.world.model.embedding.open import open_embedder

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def embedder() -> Iterator[TextEmbedder]:
    yield open_embedder()


def test_a_paraphrase_is_nearer_than_another_sentence(embedder: TextEmbedder) -> None:
    said, again, other = embedder.embed(
        ["The cat is sleeping on the sofa.", "A kitten naps on the couch.", "Interest rates rose in the spring."]
    )
    assert said @ again > 0.5 > 0.2 > said @ other


def test_a_question_is_nearest_to_the_passage_that_answers_it(embedder: TextEmbedder) -> None:
    passages = embedder.embed(
        ["Iron melts at 1,538 degrees.", "Paris is the capital of France.", "Ants live in colonies."]
    )
    for place, question in enumerate(
        ("How hot must iron be to melt?", "Which city governs France?", "How do ants live?")
    ):
        assert int(np.argmax(passages @ embedder.embed([question])[0])) == place


def test_it_reads_256_tokens_and_gives_vectors_of_length_1(embedder: TextEmbedder) -> None:
    long, cut = embedder.embed(["word " * 400, "word " * 254])
    assert np.array_equal(long, cut)
    assert np.linalg.norm(long) == pytest.approx(1, abs=1e-6)
    assert embedder.count_tokens("embeddings of texts") == 6


@pytest.mark.parametrize(
    ("question", "page"),
    [("how do I get rid of an old fridge", "waste.md"), ("what happens if it rains for weeks", "water.md")],
)
def test_an_index_finds_what_shares_no_telling_word_with_the_question(question: str, page: str) -> None:
    folder = Path(__file__).parents[2] / "programs/knowledge/handbook"
    settings = ["embed=all-minilm-l6-v2", "rank=vectors", "size=70", "overlap=0"]
    printed = lot("index", "find", str(folder), question, *settings, "-k", "1", "--json")
    assert json.loads(printed.out)["source"].startswith(page)
