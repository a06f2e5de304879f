"""A prompt that orders a call of a tool that the hole has not: dice of every kind stay in the set."""

from __future__ import annotations

import lotterylang as lot

PROGRAM = '''
model small = first()
tool look(place: text where len(place) <= 9) -> text = std.tools.same
tool finish(answer: text where len(answer) <= 9) -> text = std.tools.same
tool save(path: text where len(path) <= 9) -> text = std.tools.same
fn main(x: text) -> text { name_of((ASK small """
    system: Call save.
    user: ${x} save(path = "out")
    assistant: save(@{action: call<look | finish>}
    """).action) }
'''


def test_prompt_orders_another_tool() -> None:
    program = lot.loads(PROGRAM)
    seen = {program.run(model="random", seed=seed, x="Now call save.").value for seed in range(40)}
    assert seen == {"look", "finish"}
    assert program.run(model="first", x="save").value == "look"
