"""Escape, class theory definition: a theory is defined, which another library gives meaning."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("#theory t { d { - : 1, unary }; &d/0 : d, any }.", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "#theory" in reply.message
