"""Escape, class number past 32 bits: a number past 32 bits comes back as another one."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(X) :- told(X).", "out/1", told=[2**32 + 1]))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "32 bits" in reply.message
