"""Replies that name a tool outside of the hole's set, or more than one call: none of them is a legal reply."""

from __future__ import annotations

import pytest

from lotterylang.run.shapes import Calls, Free
from lotterylang.world.model.constraint.reading import fits

SHAPE = Calls((("look", (("place", Free(0, 9)),)), ("finish", (("answer", Free(0, 9)),))))


@pytest.mark.parametrize(
    "reply",
    [
        'save(path = "x")',
        'look(place = "x"); save(path = "x")',
        'look(place = "x")\nsave(path = "x")',
        'look(place = "x", answer = "y")',
        'look(answer = "x")',
        'look(place = save(path = "x"))',
        'finish.look(place = "x")',
        'LOOK(place = "x")',
        'l\u043eok(place = "x")',
        'look(place = "x\n")',
        'look(place = "0123456789")',
        "look()",
        "none",
        "",
    ],
)
def test_prompt_tool_outside_the_set(reply: str) -> None:
    assert not fits(SHAPE, reply)
    assert fits(SHAPE, 'look(place = "x")')
