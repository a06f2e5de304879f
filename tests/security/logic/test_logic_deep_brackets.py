"""Escape, class deep brackets: brackets are nested so deep that reading them ends the process."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(" + "(" * 50_000 + "1" + ")" * 50_000 + ").", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "open brackets" in reply.message
