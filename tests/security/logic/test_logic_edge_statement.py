"""Escape, class edge statement: a graph is demanded by `#edge`."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("{out(1)}. #edge (1, 1) : out(1).", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "#edge" in reply.message
