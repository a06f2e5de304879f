"""Escape, class include after return: a line ends in CR alone, which only one of two readers takes for an end."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce('% a\r#include "x". out(1).', "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "CR" in reply.message
