"""Escape, class show term: terms that no rule derives are shown as answers."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("#show out(1) : x. x.", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "not allowed" in reply.message
