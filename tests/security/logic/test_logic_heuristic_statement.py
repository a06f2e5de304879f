"""Escape, class heuristic statement: the search is steered by `#heuristic`."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("{out(1)}. #heuristic out(1). [10, true]", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "#heuristic" in reply.message
