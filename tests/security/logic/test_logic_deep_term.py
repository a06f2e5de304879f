"""Escape, class deep term: a derived term is deep."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(f(g(h(i)))).", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "texts, ints" in reply.message
