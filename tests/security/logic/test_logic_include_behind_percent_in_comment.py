"""Escape, class include behind percent in comment: its end is hidden, and what follows looks like a text."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce('%* % *%\\n" *% #include "x". %"\\nout(1).', "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "comment" in reply.message
