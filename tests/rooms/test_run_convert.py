"""Values to and from text and JSON, by their types."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotterylang.check import check
from lotterylang.check import types as t
from lotterylang.run.convert import Mismatch, canonical, from_json, from_text, shown, to_json
from lotterylang.run.effects import Deduced
from lotterylang.run.outside import deduced
from lotterylang.run.values import Case, Failure, Record, Tuple
from lotterylang.syntax.parser import source_of
from lotterylang.testing.puppet import written

ROUTE = t.Enum("Route", (("calculator", "a calculation"), ("facts", "facts")))
ANSWER = t.Record("Answer", (t.Field("value", t.Text()), t.Field("sure", t.Bool())))

READ = [
    (t.Text(), "Paris", "Paris"),
    (t.Int(), "-7", -7),
    (t.Number(), "1.50", Fraction(3, 2)),
    (t.Bool(), "yes", True),
    (ROUTE, "a calculation", Case("Route", "calculator", "a calculation")),
    (ROUTE, "facts", Case("Route", "facts", "facts")),
    (t.Literal(("a", "b")), "b", "b"),
    (t.Maybe(t.Int()), "none", None),
    (t.Maybe(t.Int()), "3", 3),
    (t.List(t.Int()), "[1, 2]", (1, 2)),
    (t.Tuple((t.Text(), t.Int())), '["a", 1]', Tuple(("a", 1))),
    (t.Map(t.Int(), t.Text()), '{"1": "a"}', {1: "a"}),
    (ANSWER, '{"value": "x", "sure": true}', Record("Answer", {"value": "x", "sure": True})),
]

REFUSED = [
    (t.Int(), "1.5"),
    (t.Int(), "one"),
    (t.Number(), "1e5"),
    (t.Number(), "NaN"),
    (t.Bool(), "maybe"),
    (ROUTE, "think"),
    (t.List(t.Int()), "1, 2"),
    (t.List(t.Int()), '["a"]'),
    (t.List(t.Number()), "[NaN]"),
    (ANSWER, '{"value": "x"}'),
    (ANSWER, '{"value": "x", "sure": true, "more": 1}'),
    (t.Text(), "a\0b"),
]


@pytest.mark.parametrize(("wanted", "text", "value"), READ)
def test_a_text_is_read_by_its_type(wanted: t.Type, text: str, value: object) -> None:
    assert from_text(wanted, text) == value


@pytest.mark.parametrize(("wanted", "text"), REFUSED)
def test_a_text_of_another_type_is_refused(wanted: t.Type, text: str) -> None:
    with pytest.raises(Mismatch):
        from_text(wanted, text)


Pair = tuple[t.Type, object]

PLAIN: st.SearchStrategy[Pair] = st.one_of(
    st.tuples(st.just(t.Int()), st.integers()),
    st.tuples(st.just(t.Bool()), st.booleans()),
    st.tuples(
        st.just(t.Text()), st.text(st.characters(categories=["L", "N", "P"]), max_size=8).map(lambda x: normal(x))
    ),
    st.tuples(st.just(ROUTE), st.just(Case("Route", "facts", "facts"))),
)


def nested(pairs: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    lists = pairs.map(lambda pair: (t.List(pair[0]), (pair[1], pair[1])))
    return lists | pairs.map(lambda pair: (t.Record("R", (t.Field("x", pair[0]),)), Record("R", {"x": pair[1]})))


JSON_VALUES: st.SearchStrategy[Pair] = st.recursive(PLAIN, nested, max_leaves=4)


def normal(text: str) -> str:
    return from_text(t.Text(), text)  # type: ignore[no-any-return]


@given(JSON_VALUES)
def test_json_reads_back(pair: tuple[t.Type, object]) -> None:
    wanted, value = pair
    assert from_json(wanted, to_json(value)) == value


@given(JSON_VALUES)
def test_what_a_puppet_writes_reads_back(pair: tuple[t.Type, object]) -> None:
    wanted, value = pair
    assert from_text(wanted, written(value)) == value


def test_equal_values_have_one_canonical_form_whatever_their_names_and_order() -> None:
    a = Record("A", {"x": 1, "y": Fraction(1, 2)})
    b = Record(None, {"y": Fraction(1, 2), "x": 1})
    assert a == b
    assert canonical(a) == canonical(b)


def test_shown_is_how_a_program_would_write_it() -> None:
    value = Record("Answer", {"value": 'a "b"', "parts": (1, Fraction(1, 2)), "more": {"k": None}, "empty": {}})
    assert shown(value) == 'Answer(value = "a \\"b\\"", parts = [1, 0.5], more = {"k": none}, empty = {:})'


def test_a_row_of_another_type_is_told_as_rules_write_it() -> None:
    logic = check(source_of("p.lot", "logic p(a: list<text>) -> p(int) { p(X) :- a(X). }\n")).logics["p"]
    with pytest.raises(Failure, match=r'derive `p\("x"\)`, which is not of its types'):
        deduced(logic, None, {"a": ("x",)}, Deduced("sat", ((("p", (("x",),)),),)))
