"""The one table of renderings."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotterylang.run.render import rendered, written_number
from lotterylang.run.values import Case, Record, Tuple

TABLE = [
    ("as it is", False, "as it is"),
    (42, False, "42"),
    (Fraction(3, 2), False, "1.5"),
    (Fraction(-1, 8), False, "-0.125"),
    (Fraction(6, 2), False, "3"),
    (Fraction(1, 3), False, "0.333333"),
    (Fraction(2_000_000, 3), False, "666667"),
    (Fraction(1, 30_000), False, "0.0000333333"),
    (True, False, "yes"),
    (False, False, "no"),
    (Case("Route", "calculator", "a calculation"), False, "a calculation"),
    (("a", "b"), False, "a, b"),
    (("a", "b"), True, "a\nb"),
    ((), True, ""),
]


@pytest.mark.parametrize(("value", "alone", "text"), TABLE)
def test_a_value_is_written_as_the_table_says(value: object, alone: bool, text: str) -> None:
    assert rendered(value, alone) == text


@pytest.mark.parametrize("value", [None, Record(None, {"a": 1}), {"a": 1}])
def test_what_has_no_rendering_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        rendered(value)


def test_a_tuple_is_written_like_a_list() -> None:
    assert rendered(Tuple((1, 2))) == "1, 2"


@given(st.integers(-(10**9), 10**9), st.integers(0, 12))
def test_a_terminating_decimal_reads_back_exactly(numerator: int, places: int) -> None:
    value = Fraction(numerator, 10**places)
    assert Fraction(written_number(value)) == value


@given(st.fractions())
def test_a_number_is_never_written_with_an_exponent(value: Fraction) -> None:
    text = written_number(value)
    assert set(text) <= set("-.0123456789")
    assert abs(Fraction(text) - value) <= abs(value) * Fraction(1, 10**5)
