"""Escape, class script python: code runs by `#script (python)`."""

from __future__ import annotations

from collections.abc import Callable

from deductions import deduce

from lotterylang.run.effects import Deduce, Deduced, Failed


def test_it_is_refused(attack: Callable[[Deduce], Deduced | Failed]) -> None:
    reply = attack(deduce("#script (python) import os; os.abort() #end. out(1).", "out/1"))
    assert isinstance(reply, Failed) and reply.kind == "Rejected" and "#script" in reply.message
