"""Escape, class include after escaped quote: `#include` stands behind a text that ends in an escaped quote."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce('out("a\\""). #include "x".', "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "#include" in reply.message
