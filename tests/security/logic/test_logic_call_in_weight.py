"""Escape, class call in weight: a function outside is called in a weight."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(1). #minimize { @f(1)@1 : out(1) }.", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "@f" in reply.message
