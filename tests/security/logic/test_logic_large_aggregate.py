"""Escape, class large aggregate: an aggregate has a million parts."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_ended_at_its_limit(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("p(1..10000). a :- #sum { X * Y, X, Y : p(X), p(Y) } > 5.", "a/0"))
    assert isinstance(reply, Deduced) and reply.outcome == "unknown" and reply.why
