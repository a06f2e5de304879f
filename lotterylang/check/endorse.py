"""Inference of `endorse x as T`: the program's own word that a value may decide or feed an outside action.

Only what can't carry a stranger's words can be endorsed: a bool, a number between bounds, one of declared choices. Next
door: `marks/` has the marks that this ends.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.outside import Outside
from lotterylang.check.promises import Refinement
from lotterylang.check.types import Type
from lotterylang.syntax import tree

_UPPER = {"<": True, "<=": True, ">": False, ">=": False}


class Endorsements(Outside):
    """`endorse`."""

    def _endorse(self, node: tree.Endorse, want: Type | None) -> Type:
        kind = self.written(node.type)
        self.expr(node.value, kind)
        refined = self.declared.written.refined(node.type)
        if isinstance(kind, types.Int | types.Number) and not _is_bounded(refined):
            help = "name a type with both bounds: `type Stars = int where 1 <= it <= 5`"
            self._no_choice(node, f"any `{kind}`", help)
        elif not isinstance(kind, types.Bool | types.Enum | types.Literal | types.Int | types.Number | types.Unknown):
            self._no_choice(node, f"`{kind}`", "let an enum say what it may be, or judge it: `endorse … as bool`")
        condition = self.declared.written.implied(node.type)
        self.keep_condition(node, condition, ("it",), kind)
        return kind

    def _no_choice(self, node: tree.Endorse, what: str, help: str) -> None:
        message = f"{what} can't be endorsed: only a bool, a bounded number or a declared choice"
        self.report.add("LOT-E0525", node.type.span, message, "may say anything", help=help)


def _is_bounded(refined: tuple[Refinement, ...]) -> bool:
    """Tell whether conditions on a number bound it from both sides by constants."""
    sides: set[bool] = set()
    for refinement in refined:
        condition = refinement.condition
        for item in condition.items if isinstance(condition, tree.And) else (condition,):
            if isinstance(item, tree.Comparison):
                sides |= _sides(item, refinement.names)
    return len(sides) == 2


def _sides(node: tree.Comparison, names: frozenset[str]) -> set[bool]:
    """Give the sides on which a comparison bounds the value: True is above."""
    found, left = set(), node.first
    for sign, right in node.rest:
        if sign in _UPPER and _is_constant(right) and isinstance(left, tree.Name) and left.name in names:
            found.add(_UPPER[sign])
        if sign in _UPPER and _is_constant(left) and isinstance(right, tree.Name) and right.name in names:
            found.add(not _UPPER[sign])
        left = right
    return found


def _is_constant(node: tree.Expr) -> bool:
    value = node.value if isinstance(node, tree.Negative) else node
    return isinstance(value, tree.Number)
