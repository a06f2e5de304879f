"""The catalogue's model, as a user gets it: fetched, built, and right about a few things."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from lotterylang.run.effects import Ask, Asked, Choose, Chosen, Prompt, Sampling, Score, Scored, Turn
from lotterylang.run.shapes import Fields, Free, Hole, Listing, OneOf, Whole
from lotterylang.world.model.engine import Engine
from lotterylang.world.model.open import open_model
from lotterylang.world.model.source.catalog import DEFAULT

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def model() -> Iterator[Engine]:
    found = open_model(DEFAULT)
    assert isinstance(found, Engine)
    yield found
    found.close()


def plain(*parts: str | Hole) -> Prompt:
    return Prompt((Turn(None, parts),))


def test_it_knows_a_capital(model: Engine) -> None:
    cities = (" Paris", " Rome", " Berlin", " Madrid")
    chosen = model.submit([Choose("p", DEFAULT, plain("The capital of France is"), cities)])[0].result()
    assert isinstance(chosen, Chosen)
    assert chosen.scores.index(max(chosen.scores)) == 0


def test_a_passage_lifts_its_question(model: Engine) -> None:
    prompts = [plain(f"{passage}\nQuestion:") for passage in ("The cat sat on the mat.", "Iron melts at 1,538 °C.", "")]
    question = " Where did the cat sit?"
    efforts = [Score("p", DEFAULT, prompt, question, blank=prompts[2]) for prompt in prompts[:2]]
    fitting, other = [future.result() for future in model.submit(efforts)]
    assert isinstance(fitting, Scored) and isinstance(other, Scored)
    assert fitting.lift is not None and other.lift is not None
    assert fitting.lift > other.lift + 2


def test_it_fills_holes(model: Engine) -> None:
    passage = "The Eiffel Tower was built between 1887 and 1889 for the World's Fair in Paris."
    record = Fields((("name", Free(1, 20)), ("age", Whole(0, 120)), ("tags", Listing(OneOf(("a", "b")), 1, 2))))
    asks = [
        Ask(
            "p", DEFAULT, plain(f"{passage}\nIt stands in ", Hole("x", Free(3, 20, parts_of=(passage,)), stops=(".",)))
        ),
        Ask(
            "p",
            DEFAULT,
            Prompt((Turn("user", ("Give me a person.",)), Turn("assistant", (Hole("x", record, max_tokens=60),)))),
        ),
        Ask("p", DEFAULT, plain("Q: 2+2\nA: ", Hole("x", Whole(0, 99)), "\nQ: 3+3\nA: ", Hole("y", Whole(0, 99)))),
    ]
    part, person, sums = [future.result() for future in model.submit(asks)]
    assert isinstance(part, Asked) and part.texts[0][1] in passage
    assert isinstance(person, Asked) and person.texts[0][1].startswith('{"name": "')
    assert isinstance(sums, Asked) and all(0 <= int(text) <= 99 for _, text in sums.texts)


def test_cached_is_cold_at_every_cut(model: Engine) -> None:
    network = model.reader.network
    ids = [int(id) for id in np.random.default_rng(3).integers(17, 49_000, 261)]
    cold = network.extend(network.memory(1, len(ids) + 1), 0, ids)
    for cut in (1, 2, 3, 4, 5, 64, 127, 128, 129, 130, 132, 133, 259, 260):
        memory = network.memory(1, len(ids) + 1)
        network.extend(memory, 0, ids[:cut])
        assert np.array_equal(network.extend(memory, cut, ids[cut:]), cold)


def test_company_changes_no_reply(model: Engine) -> None:
    words = ("cats", "dogs", "tea", "rain", "war")
    asks = [
        Ask("p", DEFAULT, plain(f"A line about {w}: ", Hole("x", Free(), max_tokens=16)), Sampling(0.8, seed=1))
        for w in words
    ]
    together = [future.result() for future in model.submit(asks)]
    other = open_model(DEFAULT)
    alone = [other.submit([ask])[0].result() for ask in asks]
    other.close()
    assert together == alone
