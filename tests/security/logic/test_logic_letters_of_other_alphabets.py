"""Escape, class letters of other alphabets: clingo's messages cut a letter of a name in half, and its process dies."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("öut(1).", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "no letter of logic" in reply.message
