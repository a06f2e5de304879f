"""Deductions for the tests of logic: short to write, and answered by one set of processes for all of them."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from lotterylang.run.effects import Deduce, Deduced, Failed, Row
from lotterylang.world.logic.grounded import Search
from lotterylang.world.logic.open import Clingo

SECONDS = 2.0

CROWDED = "{ has(P, H) : H = 1..13 } 1 :- P = 1..14. :- has(P, H), has(Q, H), P < Q. "
"""Fourteen have no room in thirteen, which takes very long to see; that fewer have is seen at once."""

MOST = CROWDED + "has(P) :- has(P, _). #maximize { 1, P : has(P) }."


def deduce(rules: str, *relations: str, mode: Any = None, most: int | None = None, **facts: list[Any]) -> Deduce:
    """Make a deduction: relations as `rusty/1`, facts as rows by predicate; what is no tuple is a row of one term."""
    rows = tuple((name, tuple(r if isinstance(r, tuple) else (r,) for r in given)) for name, given in facts.items())
    wanted = tuple((name, int(arity)) for name, arity in (relation.split("/") for relation in relations))
    return Deduce("p/deduce#1", "rusts", rules, rows, wanted, mode, most)


def never_done(monkeypatch: pytest.MonkeyPatch, conflicts: int = 500) -> None:
    """Have every search in this process cut short after so many conflicts, as if its time were over then."""
    options = Search.options.fget  # type: ignore[attr-defined]
    limited = property(lambda search: {**options(search), "solve_limit": str(conflicts)})
    monkeypatch.setattr(Search, "options", limited)


@cache
def clingo() -> Clingo:
    """Give the processes that all tests share."""
    return Clingo(seconds=SECONDS, memory_bytes=1 << 30)


def answered(effect: Deduce) -> Deduced | Failed:
    """Have a deduction answered in a process of its own."""
    reply = clingo().submit([effect])[0].result(timeout=60)
    assert isinstance(reply, Deduced | Failed)
    return reply


def rows(reply: Deduced | Failed, answer: int = 0) -> dict[str, tuple[Row, ...]]:
    """Give the relations of an answer."""
    assert isinstance(reply, Deduced) and reply.outcome == "sat", reply
    return dict(reply.answers[answer])


def told(effect: Deduce) -> str:
    """Give what is said of a deduction that is refused."""
    reply = answered(effect)
    assert isinstance(reply, Failed) and reply.kind == "Rejected", reply
    return reply.message
