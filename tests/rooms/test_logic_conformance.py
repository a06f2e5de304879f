"""What everybody who derives must do, whoever it is: clingo in its processes, and the stand-in of examples."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from deductions import deduce

from lotterylang.run.effects import Deduced, Failed, Logic, Reply, Symbol
from lotterylang.testing.puppet import Answer
from lotterylang.testing.stand_in import CallLine, Derived, StandIn
from lotterylang.world.logic.open import Clingo

RULES = "rusty(X) :- wet(X), made_of(X, metal). :- wet(none)."
KNOWN = deduce(RULES, "rusty/1", made_of=[("can", Symbol("metal")), ("pin", Symbol("metal"))], wet=["pin", "can"])
CLASH = deduce(RULES, "rusty/1", made_of=[("can", Symbol("metal"))], wet=["can", Symbol("none")])
BROKEN = deduce("rusty(", "rusty/1", made_of=[], wet=["broken"])


def _clingo() -> Logic:
    return Clingo(seconds=5)


def _stand_in() -> Logic:
    unsat = Answer(Derived("Unsat", (("wet", (Symbol("none"),)),)))
    sat = Answer(Derived("Sat", (("rusty", ("can", "pin")),)))
    broken = Answer(None, failure="Rejected")
    patterns = (("wet(none)", unsat), ("broken", broken), (None, sat))
    return StandIn("rusts", [CallLine((answer,), pattern=pattern) for pattern, answer in patterns])  # type: ignore[return-value]


@pytest.fixture(params=[_clingo, _stand_in], ids=["clingo", "stand-in"])
def logic(request: pytest.FixtureRequest) -> Iterator[Logic]:
    made: Logic = request.param()
    yield made
    made.close()


def _replies(futures: list[Future[Reply]]) -> list[Reply]:
    return [future.result(timeout=60) for future in futures]


def test_every_effect_has_a_future_and_a_reply_in_its_place(logic: Logic) -> None:
    assert logic.submit([]) == []
    sat, unsat, failed, again = _replies(logic.submit([KNOWN, CLASH, BROKEN, KNOWN]))
    assert sat == again == Deduced("sat", ((("rusty", (("can",), ("pin",))),),))
    assert isinstance(unsat, Deduced) and unsat.outcome == "unsat"
    assert isinstance(failed, Failed) and failed.kind == "Rejected"


def test_a_core_has_places_of_facts(logic: Logic) -> None:
    (reply,) = _replies(logic.submit([CLASH]))
    assert isinstance(reply, Deduced) and {n: places for n, places in reply.core if places} == {"wet": (1,)}


def test_relations_come_under_their_names_as_rows_of_plain_terms(logic: Logic) -> None:
    (reply,) = _replies(logic.submit([KNOWN]))
    assert isinstance(reply, Deduced)
    for answer in reply.answers:
        assert {name for name, _ in answer} <= {name for name, _ in KNOWN.relations}
        assert all(isinstance(term, str | int) for _, rows in answer for row in rows for term in row)


def test_it_says_who_it_is_and_stays_so(logic: Logic) -> None:
    before = logic.identity
    _replies(logic.submit([KNOWN]))
    assert logic.identity == before and before


def test_it_can_be_closed_twice_and_unused(logic: Logic) -> None:
    logic.close()
    logic.close()
