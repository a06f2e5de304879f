"""Inference of `endorse x as T`: the program's own word that a value may decide or feed an outside action.

Only what can't carry a stranger's words can be endorsed: a bool, a whole number between bounds that are not far apart,
one of declared choices. Next door: `marks/` has the marks that this ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from lotterylang.check import types
from lotterylang.check.outside import Outside
from lotterylang.check.promises import Refinement
from lotterylang.check.types import Type
from lotterylang.syntax import tree

MOST = 1 << 16
"""So many values may lie between the bounds of a number: no more than two letters say."""

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Endorsements(Outside):
    """`endorse`."""

    def _endorse(self, node: tree.Endorse, want: Type | None) -> Type:
        kind = self.written(node.type)
        self.expr(node.value, kind)
        if isinstance(kind, types.Int):
            self._see_bounds(node, _count(self.declared.written.refined(node.type)))
        elif isinstance(kind, types.Number):
            message = "`number` can't be endorsed: between two bounds there is room for any text"
            self._refuse(node, message, "endorse a whole number: `floor(100 * x) as Percent`")
        elif not isinstance(kind, types.Bool | types.Enum | types.Literal | types.Unknown):
            message = f"`{kind}` can't be endorsed: only a bool, a bounded number or a declared choice"
            self._refuse(node, message, "let an enum say what it may be, or judge it: `endorse … as bool`")
        condition = self.declared.written.implied(node.type)
        self.keep_condition(node, condition, ("it",), kind)
        return kind

    def _see_bounds(self, node: tree.Endorse, count: int | None) -> None:
        if count is None:
            message = "any `int` can't be endorsed: only a bool, a bounded number or a declared choice"
            self._refuse(node, message, "name a type with both bounds: `type Stars = int where 1 <= it <= 5`")
        elif count > MOST:
            message = f"`int` of {count} values can't be endorsed: at most {MOST}"
            self._refuse(node, message, "let fewer values lie between its bounds")

    def _refuse(self, node: tree.Endorse, message: str, help: str) -> None:
        self.report.add("LOT-E0525", node.type.span, message, "may say anything", help=help)


def _count(refined: tuple[Refinement, ...]) -> int | None:
    """Tell how many whole numbers lie between the constants that conditions name; None where a side is open."""
    bounds = [bound for refinement in refined for bound in _bounds(refinement)]
    least = [math.floor(value) + 1 if sign == ">" else math.ceil(value) for sign, value in bounds if ">" in sign]
    most = [math.ceil(value) - 1 if sign == "<" else math.floor(value) for sign, value in bounds if "<" in sign]
    return max(0, min(most) - max(least) + 1) if least and most else None


def _bounds(refinement: Refinement) -> Iterator[tuple[str, Fraction | int]]:
    """Yield the constants that a value is compared with, each with the sign that stands between."""
    condition = refinement.condition
    for item in condition.items if isinstance(condition, tree.And) else (condition,):
        if not isinstance(item, tree.Comparison):
            continue
        left = item.first
        for sign, right in item.rest:
            for value, other, seen in ((left, right, sign), (right, left, _TURNED.get(sign, sign))):
                constant = _constant(other)
                if seen in _TURNED and isinstance(value, tree.Name) and value.name in refinement.names:
                    yield from [(seen, constant)] if constant is not None else []
            left = right


def _constant(node: tree.Expr) -> Fraction | int | None:
    if isinstance(node, tree.Negative):
        inner = _constant(node.value)
        return None if inner is None else -inner
    return node.value if isinstance(node, tree.Number) else None
