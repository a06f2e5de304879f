"""What is printed reads back as the same tree, and is printed the same again."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from lotterylang.syntax import printer, tree
from lotterylang.syntax.parser import parse, parse_expression, source_of
from tests.properties import leaves, trees

SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
KINDS = {kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, tree.Node)} - {tree.Node}


def check(whole: Any, written: str, again: Any, written_again: str) -> None:
    assert leaves.as_written(again) == leaves.as_written(whole), written
    assert written_again == written


@settings(max_examples=400, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(trees.expressions())
def test_an_expression(expr: tree.Expr) -> None:
    written = printer.print_expression(expr)
    again = parse_expression(source_of("drawn", written))
    check(expr, written, again, printer.print_expression(again))


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(trees.text(1))
def test_a_text(text: tree.Text) -> None:
    written = printer.print_expression(text)
    again = parse_expression(source_of("drawn", written))
    check(text, written, again, printer.print_expression(again))


@settings(max_examples=300, deadline=None, suppress_health_check=SLOW_TO_DRAW)
@given(trees.modules())
def test_a_module(module: tree.Module) -> None:
    written = printer.print_module(module)
    again = parse(source_of("drawn", written))
    check(module, written, again, printer.print_module(again))


def test_every_class_of_node_is_drawn() -> None:
    trees.modules()
    assert leaves.DRAWN == KINDS


def test_every_class_of_node_has_a_form() -> None:
    assert KINDS - printer.FORMS.keys() == {tree.Piece, tree.RoleLine}
