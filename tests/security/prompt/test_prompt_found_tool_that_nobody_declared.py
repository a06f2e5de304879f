"""Names of tools that come from a search, of which the hole has none: no model is asked, and no tool is called."""

from __future__ import annotations

import pytest

import lotterylang as lot
from lotterylang.syntax.diagnostics import LotError

PROGRAM = """
model small = first()
tool look(place: text where len(place) <= 9) -> text = std.tools.same
tool finish(answer: text where len(answer) <= 9) -> text = std.tools.same
fn main(names: list<text>) -> text {
  CALL (ASK small "@{action: call<look | finish> where name_of(action) in names}").action
}
"""


@pytest.mark.parametrize("names", [["save"], [], ["Look", " look", "look\n", "look | save"], ["call<look>"]])
def test_prompt_found_tool_that_nobody_declared(names: list[str]) -> None:
    program = lot.loads(PROGRAM)
    with pytest.raises(LotError, match="Impossible"):
        program.run(names=names)
    assert program.run(names=["save", "finish"]).value == ""
