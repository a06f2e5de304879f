"""Every value that can be kept is read back as it was written; what is damaged is refused, never guessed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lotterylang.check import types
from lotterylang.check.kept import can_be_kept
from lotterylang.run.convert import Mismatch, canonical
from lotterylang.run.exact import exact
from lotterylang.run.values import Case, Record, ToolCall, Tuple, number

Strategy = st.SearchStrategy[Any]

CASES = (("red", "red"), ("green", "a green one"))
TOOL = types.Tool("calc", (types.Field("a", types.TEXT), types.Field("b", types.Maybe(types.INT))), types.NUMBER)
PLAIN: dict[types.Type, Strategy] = {
    types.TEXT: st.text(),
    types.INT: st.integers(),
    types.NUMBER: st.fractions().map(number),
    types.BOOL: st.booleans(),
    types.Literal(("a", "b|c")): st.sampled_from(["a", "b|c"]),
    types.Enum("std.x.Colour", CASES): st.sampled_from(
        [Case("std.x.Colour", name, written, place) for place, (name, written) in enumerate(CASES)]
    ),
    types.ToolCall((TOOL,)): st.builds(
        lambda a, b: ToolCall("calc", {"a": a, "b": b}), st.text(), st.none() | st.integers()
    ),
}
KEYS = st.sampled_from([types.TEXT, types.INT, types.BOOL, types.Tuple((types.TEXT, types.INT))])
KINDS = st.recursive(
    st.sampled_from(list(PLAIN)),
    lambda inner: st.one_of(
        inner.map(types.List),
        inner.map(types.Maybe),
        st.tuples(inner, inner).map(types.Tuple),
        st.builds(types.Map, KEYS, inner),
        st.tuples(inner, inner).map(
            lambda pair: types.Record("Pair", (types.Field("b", pair[0]), types.Field("a", pair[1])))
        ),
    ),
    max_leaves=6,
)


def values(kind: types.Type) -> Strategy:
    """Draw values of a type."""
    match kind:
        case types.List(item):
            return st.lists(values(item), max_size=3).map(tuple)
        case types.Maybe(item):
            return st.none() | values(item)
        case types.Tuple(items):
            return st.tuples(*map(values, items)).map(Tuple)
        case types.Map(key, value):
            return st.dictionaries(values(key), values(value), max_size=3)
        case types.Record(name, fields):
            return st.fixed_dictionaries({f.name: values(f.type) for f in fields}).map(lambda held: Record(name, held))
    return PLAIN[kind]


@st.composite
def kept(draw: st.DrawFn) -> tuple[types.Type, Any]:
    """Draw a type and a value of it."""
    kind = draw(KINDS)
    return kind, draw(values(kind))


def _written(value: Any) -> Any:
    return json.loads(json.dumps(canonical(value)))


def _same(a: Any, b: Any) -> bool:
    """Tell whether two values are one, types and order of maps too: `True` is not `1`."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return len(a) == len(b) and all(map(_same, [*a, *a.values()], [*b, *b.values()]))
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, Record):
        return a.fields.keys() == b.fields.keys() and all(_same(a.fields[name], b.fields[name]) for name in a.fields)
    if isinstance(a, ToolCall):
        return a.tool == b.tool and _same(a.arguments, b.arguments)
    return bool(a == b)


@given(kept())
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_back(drawn: tuple[types.Type, Any]) -> None:
    kind, value = drawn
    assert can_be_kept(kind)
    assert _same(exact(kind, _written(value)), value)


@given(KINDS, kept())
@settings(max_examples=300, deadline=None)
def test_another_type_s_value_is_refused_or_is_of_this_type_too(
    kind: types.Type, drawn: tuple[types.Type, Any]
) -> None:
    data = _written(drawn[1])
    try:
        found = exact(kind, data)
    except Mismatch:
        return
    assert _written(found) == data


@given(
    KINDS,
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=3),
        lambda x: (
            st.lists(x) | st.dictionaries(st.sampled_from(["number", "case", "record", "map", "call", "arguments"]), x)
        ),
        max_leaves=5,
    ),
)
@settings(max_examples=300, deadline=None)
def test_no_data_at_all_is_a_defect(kind: types.Type, data: Any) -> None:
    try:
        exact(kind, data)
    except Mismatch as problem:
        assert str(problem)
