"""The bench of tools: what it writes of an item is a program that the language takes."""

from __future__ import annotations

import lotterylang as lot
from bench.tools.items import Function, Item
from bench.tools.programs import written

TEXT = {"type": "string", "description": "said in words"}
FUNCTIONS = (
    Function("Property.valueOf", "Value a house.", {"propertyType": TEXT, "in": TEXT}, frozenset({"in"})),
    Function("sort_all", "Sort.", {"items": {"type": "array", "items": TEXT}, "up": {"type": "boolean"}}, frozenset()),
    Function("pick", "Pick.", {"one": {"type": "string", "enum": ["a", "b"]}}, frozenset({"one"})),
)


def test_an_item_becomes_a_program_whatever_its_names() -> None:
    item = Item("1", "multiple", "what is it worth?", FUNCTIONS, None)
    for may_be_none in (True, False):
        program = written(item, may_be_none)
        assert program is not None
        lot.loads(program.text)
        tool = "property_value_of"
        assert program.call({"tool": tool, "in_": "x"}) == ("Property.valueOf", {"in": "x"})


def test_what_no_hole_holds_makes_no_program() -> None:
    function = Function("f", "Take anything.", {"all": {"type": "dict"}}, frozenset({"all"}))
    assert written(Item("1", "simple", "what?", (function,), None), may_be_none=False) is None
