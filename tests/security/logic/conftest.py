"""Processes that every escape is tried on: with the limits that an escape must end within."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from deductions import deduce
from security_world import SPARE_S

from lotterylang.run.effects import Deduce, Deduced, Failed
from lotterylang.world.logic.open import Clingo

SECONDS = 1.0

Attack = Callable[[Deduce], Deduced | Failed]


@pytest.fixture(scope="session")
def logic() -> Iterator[Clingo]:
    made = Clingo(seconds=SECONDS, memory_bytes=512 << 20)
    made.submit([deduce("a.", "a/0")])[0].result(timeout=60)
    yield made
    made.close()


@pytest.fixture
def attack(logic: Clingo) -> Attack:
    """Try a deduction: it ends within its limit, and the next one is answered."""

    def tried(effect: Deduce) -> Deduced | Failed:
        reply = logic.submit([effect])[0].result(timeout=SECONDS + SPARE_S)
        fine = logic.submit([deduce("out(X) :- told(X).", "out/1", told=["a"])])[0].result(timeout=60)
        assert isinstance(fine, Deduced) and fine.answers == ((("out", (("a",),)),),)
        assert isinstance(reply, Deduced | Failed)
        return reply

    return tried
