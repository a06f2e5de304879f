"""Escape, class include in nested comment: `#include` stands behind a comment inside a comment."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce('%* %* *% #include "x". *% out(1).', "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "comment" in reply.message
