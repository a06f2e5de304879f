"""Escape, class half a letter: a fact holds half of a pair, which is no text."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(X) :- told(X).", "out/1", told=["a\ud800"]))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "character" in reply.message
