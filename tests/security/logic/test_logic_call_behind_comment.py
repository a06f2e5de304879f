"""Escape, class call behind comment: a function outside is called, with a comment between sign and name."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(@ %* a *% getenv(1)).", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "getenv" in reply.message
