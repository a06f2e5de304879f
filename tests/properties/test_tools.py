"""For all expressions the calculator is as exact as fractions are; for all paths nothing outside is reached."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lotterylang.world.tools.data import as_data, packed, unpacked
from lotterylang.world.tools.leaves import Folders, Hosts, address
from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.standard.calculator import calculate

_FEW = settings(max_examples=60, deadline=None)


def _joined(parts: tuple[tuple[str, Fraction], str, tuple[str, Fraction]]) -> tuple[str, Fraction]:
    (left, a), sign, (right, b) = parts
    value = {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else a + b}[sign]
    return f"({left} {sign if b or sign != '/' else '+'} {right})", value


_NUMBERS = st.integers(0, 999).map(lambda n: (str(n), Fraction(n)))
_EXPRESSIONS = st.recursive(
    _NUMBERS, lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(_joined), max_leaves=12
)


@_FEW
@given(_EXPRESSIONS)
def test_the_calculator_calculates_as_fractions_do(drawn: tuple[str, Fraction]) -> None:
    expression, value = drawn
    assert calculate(expression) == value


@_FEW
@given(st.text(alphabet="0123456789+-*/%^().,e abfgilmnoqrstuxyz_'\"[]", max_size=60))
def test_the_calculator_gives_a_number_or_refuses(expression: str) -> None:
    try:
        assert isinstance(calculate(expression), Fraction)
    except Refused as refused:
        assert refused.kind == "ToolFailed"


_NAMES = st.sampled_from(["out", "inner", "outside", "..", ".", "", "OUT", "~", "a\\b", "\0", "/", "etc", "out "])


@_FEW
@given(st.lists(_NAMES, min_size=1, max_size=6).map("/".join))
def test_a_place_is_inside_or_denied(path: str) -> None:
    folders = Folders((("/home/program", "/home/program/out", "/data/real"),))
    try:
        root, names = folders.place(path)
    except Refused as refused:
        assert refused.kind == "Denied"
        return
    assert root == "/data/real"
    assert not {"..", ".", ""} & set(names)
    assert Path("/home/program") / path == Path("/home/program/out", *names)


_URLS = st.text(alphabet="htps:/@.[]\\#?%&0123456789abEX-_\t ", max_size=40)


@_FEW
@given(st.one_of(_URLS, _URLS.map("https://a.example".__add__)))
def test_an_address_has_one_reading(url: str) -> None:
    try:
        scheme, name, port, rest = address(url)
    except Refused as refused:
        assert refused.kind == "Denied"
        return
    assert address(f"{scheme}://{name}:{port}{rest}")[:3] == (scheme, name, port)
    assert Hosts.of((f"{scheme}://{name}:{port}",), Path("/")).entries == ((scheme, name, str(port)),)


_DATA: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.fractions() | st.text(alphabet=st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="numberap", max_size=6), inner),
    max_leaves=10,
)


@_FEW
@given(_DATA)
def test_data_crosses_a_pipe_without_loss(drawn: Any) -> None:
    try:
        data = as_data(drawn)
    except Refused:
        return
    assert unpacked(packed(data)) == data
