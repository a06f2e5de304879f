"""Escape, class include after nul: a NUL character ends the text for C, but not for Python."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce('out(1).\0#include "x".', "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "NUL" in reply.message
