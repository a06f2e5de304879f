"""A function's annotations as a tool's types: what is taken, what is refused, and that both ways agree."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import pytest

from lotterylang.world.tools.data import packed, unpacked
from lotterylang.world.tools.definition import State
from lotterylang.world.tools.kinds import Unfit
from lotterylang.world.tools.refusal import Refused
from lotterylang.world.tools.signature import Signature


class Size(Enum):
    small = 1
    large = 2


@dataclass
class Item:
    name: str
    price: Fraction
    size: Size = Size.small


class Spot(NamedTuple):
    x: int
    y: int = 0


class Kept(State):
    pass


def _taking(annotation: Any, default: Any = ...) -> Signature:
    def taken(value: Any) -> str:
        return str(value)

    taken.__annotations__ = {"value": annotation, "return": str}
    if default is not ...:
        taken.__defaults__ = (default,)
    return Signature.of(taken)


TAKEN = [
    (bool, True, True),
    (int, 3, 3),
    (int, 10**60, 10**60),
    (Fraction, Fraction(1, 3), Fraction(1, 3)),
    (Fraction, 2, Fraction(2)),
    (float, Fraction(1, 2), 0.5),
    (str, "größer", "größer"),
    (Size, "large", Size.large),
    (Literal["a", "b"], "b", "b"),
    (list[int], [1, 2], [1, 2]),
    (list[list[str]], [["a"], []], [["a"], []]),
    (dict[str, int], {"a": 1}, {"a": 1}),
    (int | None, None, None),
    (list[int] | None, [1], [1]),
    (Item, {"name": "tea", "price": Fraction(7, 2)}, Item("tea", Fraction(7, 2))),
    (list[Item], [{"name": "tea", "price": 3, "size": "large"}], [Item("tea", Fraction(3), Size.large)]),
    (Spot, {"x": 1}, Spot(1, 0)),
    (Any, {"a": [1, "b", None]}, {"a": [1, "b", None]}),
]


@pytest.mark.parametrize(("annotation", "data", "value"), TAKEN)
def test_data_becomes_what_the_function_says(annotation: Any, data: Any, value: Any) -> None:
    read = _taking(annotation).read((("value", data),))["value"]
    assert read == value
    assert type(read) is type(value)


REFUSED = [
    (bool, 1),
    (bool, "true"),
    (int, True),
    (int, "1"),
    (int, Fraction(1, 2)),
    (Fraction, "1/2"),
    (Fraction, True),
    (float, 10**400),
    (str, 1),
    (str, None),
    pytest.param(str, 10**5000, id="digits"),
    (Size, "huge"),
    (Size, 1),
    (Literal["a", "b"], "c"),
    (list[int], [1, "2"]),
    (list[int], "12"),
    (dict[str, int], {"a": "1"}),
    (int | None, "none"),
    (Item, {"name": "tea"}),
    (Item, {"name": "tea", "price": 1, "colour": "red"}),
    (Item, "tea"),
]


@pytest.mark.parametrize(("annotation", "data"), REFUSED)
def test_other_data_is_refused_by_name(annotation: Any, data: Any) -> None:
    with pytest.raises(Refused) as refused:
        _taking(annotation).read((("value", data),))
    assert refused.value.kind == "ToolFailed"
    assert "value" in refused.value.message


@pytest.mark.parametrize("arguments", [(), (("value", 1), ("other", 2)), (("value", 1), ("value", 2))])
def test_the_number_of_arguments_is_seen(arguments: tuple[tuple[str, int], ...]) -> None:
    with pytest.raises(Refused):
        _taking(int).read(arguments)


def test_a_default_is_used_and_an_own_name_goes_by_place() -> None:
    assert _taking(int, 4).read(()) == {"value": 4}
    assert _taking(str).read((("answer", "yes"),)) == {"value": "yes"}


def test_what_the_door_gives_is_no_argument() -> None:
    def play(square: int, kept: Kept) -> bool:
        return bool(square) and bool(kept)

    signature = Signature.of(play)
    assert str(signature) == "play(square: int) -> bool"
    assert signature.given == {"kept": Kept}
    with pytest.raises(Refused):
        signature.read((("square", 1), ("kept", 2)))


def _giving(annotation: Any) -> Signature:
    def given() -> None:
        return None

    given.__annotations__ = {"return": annotation}
    return Signature.of(given)


@pytest.mark.parametrize(
    ("annotation", "value", "data"),
    [
        (float, 0.1, Fraction(1, 10)),
        (float, 2.0, 2),
        (Size, Size.large, "large"),
        (Item, Item("tea", Fraction(1, 3)), {"name": "tea", "price": Fraction(1, 3), "size": "small"}),
        (list[Spot], [Spot(1, 2)], [{"x": 1, "y": 2}]),
        (str | None, None, None),
        (None, None, None),
    ],
)
def test_results_become_data_and_cross_a_pipe_without_loss(annotation: Any, value: Any, data: Any) -> None:
    written = _giving(annotation).write(value)
    assert written == data
    assert unpacked(packed(written)) == data


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, "1"),
        (str, None),
        pytest.param(str, 10**5000, id="digits"),
        (float, float("nan")),
        (float, float("inf")),
        (Any, object()),
        (Any, {1: 2}),
        (Any, "\0"),
        (Any, "\ud800"),
        pytest.param(Any, 10**5000, id="digits"),
        (str, "x" * 1_000_001),
        (list[Item], [Spot(1, 2)]),
    ],
)
def test_results_of_other_types_are_failures(annotation: Any, value: Any) -> None:
    with pytest.raises(Refused) as refused:
        _giving(annotation).write(value)
    assert refused.value.kind == "ToolFailed"


def test_a_result_that_holds_itself_is_a_failure() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(Refused):
        _giving(Any).write(endless)


def _no_result(value: int):  # type: ignore[no-untyped-def]
    return value


def _no_type(value) -> int:  # type: ignore[no-untyped-def]
    return int(value)


def _many(*values: int) -> int:
    return len(values)


def _bytes(value: bytes) -> int:
    return len(value)


def _either(value: int | str) -> int:
    return int(value)


@pytest.mark.parametrize("function", [_no_result, _no_type, _many, _bytes, _either])
def test_a_function_that_can_be_no_tool_says_why(function: Any) -> None:
    with pytest.raises(Unfit, match=function.__name__):
        Signature.of(function)
