"""Whether a value is of a type: in a pattern a variable of types takes all, in a `catch` it takes none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lotterylang.check import types
from lotterylang.check.types import BOOL, INT, TEXT
from lotterylang.run.failures import fitting
from lotterylang.run.kinds import belongs
from lotterylang.run.values import Record, Value

CHOSEN = Record("Choice", {"value": "a", "probability": Fraction(1, 2)})
VARIABLE = types.Variable("T")


@pytest.mark.parametrize(
    ("kind", "value", "is_one"),
    [
        (INT, 1, True),
        (INT, True, False),
        (BOOL, 1, False),
        (types.List(INT), (1, 2), True),
        (types.List(INT), (1, "a"), False),
        (types.Map(TEXT, INT), {"a": 1}, True),
        (types.Map(TEXT, INT), {"a": "b"}, False),
        (types.Maybe(INT), None, True),
        (types.Choice(TEXT), CHOSEN, True),
        (types.Choice(INT), CHOSEN, False),
    ],
)
def test_a_pattern_and_a_catch_see_the_same_types(kind: types.Type, value: Value, is_one: bool) -> None:
    assert belongs(kind)(value) is is_one
    assert fitting(kind)(value) is is_one


@pytest.mark.parametrize("kind", [VARIABLE, types.List(VARIABLE), types.Maybe(VARIABLE)])
def test_of_a_type_variable_a_pattern_takes_all_and_a_catch_nothing(kind: types.Type) -> None:
    value: Value = ("a",) if isinstance(kind, types.List) else "a"
    assert belongs(kind)(value)
    assert not fitting(kind)(value)
