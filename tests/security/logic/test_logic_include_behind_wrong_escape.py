"""Escape, class include behind wrong escape: it makes code of what looks like a text."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce('out(1). "\\q. #include "x". "', "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "text" in reply.message
