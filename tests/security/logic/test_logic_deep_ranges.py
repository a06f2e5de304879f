"""Escape, class deep ranges: ranges of ranges, as deep as the text is long."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("out(" + "1.." * 30_000 + "1).", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "signs of arithmetic" in reply.message
