"""Holes: the type and `where` of each, to the bounds that the machine hands to the model, or a compile error.

`where` holds while the model writes, so only what a grammar or a limit can say may stand there. Enters: a hole, its
type, its refinements. Leaves: a `HolePlan`. Next door: `regexes.py` reads patterns; `run/shapes.py` is what a plan
becomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lotterylang.check import types
from lotterylang.check.program import Bound, HolePlan
from lotterylang.check.promises import Refinement
from lotterylang.check.regexes import problem_of
from lotterylang.check.report import Report
from lotterylang.check.types import Type, known, parts_of
from lotterylang.check.walk import below, constant_text
from lotterylang.syntax import tree

Part = tuple[str, ...]
Kind = Literal["least", "most", "shortest", "longest", "fewest", "most_items", "in", "named", "matches", "part_of"]

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "=="}
_FORMS = (
    "write comparisons of it or its `len`, `in`, `matches`, `contains(text, it)`, `every`, and `and`; else `ensure`"
)
_UNFILLABLE: dict[type, str] = {
    types.Map: "ask for a list of records",
    types.Tuple: "ask for a record, or for two holes",
    types.Function: "ask for text",
    types.Variable: "name the type: a generic function does not know what may be written",
    types.Choice: "ask for its type itself",
    types.Score: "write SCORE",
    types.Nothing: "ask for `text?`",
    types.Either: "ask for one of its types",
    types.Deduction: "write DEDUCE",
}


@dataclass(frozen=True, slots=True)
class PendingHole:
    """A hole whose bounds are read once every `where` of the program has been judged."""

    node: tree.Hole
    kind: Type
    refinements: tuple[Refinement, ...]


def refuse_unfillable(kind: Type, node: tree.Hole, report: Report) -> bool:
    """Refuse a hole of a type that no model can write. Errors: LOT-E0404. Tells whether the type will do."""
    waiting = [kind]
    while waiting:
        part = waiting.pop()
        help = _UNFILLABLE.get(type(part))
        if help is not None:
            report.add(
                "LOT-E0404", node.type.span, f"no hole can be filled by `{part}`", "no model writes this", help=help
            )
            return False
        if isinstance(part, types.Unknown):
            return False
        if isinstance(part, types.ToolCall):
            if part is not known(kind):
                message = f"`{part}` stands alone in its hole"
                report.add("LOT-E0404", node.type.span, message, "inside another type", help="ask for the call itself")
                return False
            if not _takes_fillable(part, node, report):
                return False
        waiting += parts_of(part)
    return True


def _takes_fillable(call: types.ToolCall, node: tree.Hole, report: Report) -> bool:
    """See that a model can write the arguments of every tool. Errors: LOT-E0404."""
    for tool in call.tools:
        for param in tool.params:
            waiting = [param.type]
            while waiting:
                part = waiting.pop()
                if isinstance(part, (*_UNFILLABLE, types.ToolCall)):
                    message = f"no model can write `{param.name}` of `{tool.name}`: it is `{part}`"
                    help = "leave the tool out, and call it with arguments of your own"
                    report.add("LOT-E0404", node.type.span, message, "no model writes this", help=help)
                    return False
                waiting += parts_of(part)
    return True


def plan_of(hole: PendingHole, kinds: Mapping[int, Type], report: Report) -> HolePlan:
    """Plan a hole. Errors: LOT-E0403, LOT-E0405, LOT-E0409, LOT-E0418, LOT-E0419."""
    node = hole.node
    bounds: list[Bound] = []
    is_read = True
    for refinement in hole.refinements:
        reader = _Reader(hole, refinement.names, kinds, report)
        reader.read(refinement.condition, refinement.part)
        bounds += reader.bounds
        is_read &= reader.is_read
    plan = HolePlan(node.name, hole.kind, tuple(bounds), node.stops, node.max_tokens, node.lines)
    _check_limits(hole, report)
    unbounded = None if node.max_tokens is not None else _unbounded(hole.kind, (), plan)
    if unbounded is not None and is_read:
        _refuse_unbounded(hole, unbounded, report)
    return plan


def _check_limits(hole: PendingHole, report: Report) -> None:
    node, is_text = hole.node, isinstance(known(hole.kind), types.Text)
    if node.max_tokens == 0:
        report.add(
            "LOT-E0409", node.span, "`max 0 tokens` leaves no room for a reply", "no room", help="write at least 1"
        )
    if node.stops and not is_text:
        message = f"`stop` ends a text, this hole is `{hole.kind}`"
        report.add("LOT-E0409", node.span, message, "no text", help="leave it out: the type says where it ends")
    if "" in node.stops:
        report.add(
            "LOT-E0409", node.span, "an empty `stop` would end every text at once", "empty", help='write `stop "\\n"`'
        )
    if node.lines and not is_text:
        message = f"`lines` lets a text have several lines, this hole is `{hole.kind}`"
        report.add("LOT-E0409", node.span, message, "no text", help="leave it out")


def _unbounded(kind: Type, part: Part, plan: HolePlan) -> Part | None:
    """Find a part of a hole that could go on for ever."""
    here = {bound.kind for bound in plan.bounds if bound.part == part}
    match known(kind):
        case types.Text():
            is_stopped = part == () and bool(plan.stops)
            return None if here & {"longest", "in", "part_of"} or is_stopped else part
        case types.List(item):
            if "most_items" not in here and "in" not in here:
                return part
            return _unbounded(item, (*part, "[]"), plan)
        case types.Record() as record:
            for field in record.fields:
                found = _unbounded(field.type, (*part, field.name), plan)
                if found is not None:
                    return found
        case types.ToolCall(tools):
            for tool in tools:
                for param in tool.params:
                    found = _unbounded(param.type, (*part, tool.name, param.name), plan)
                    if found is not None:
                        return found
    return None


def _refuse_unbounded(hole: PendingHole, part: Part, report: Report) -> None:
    name, kind = hole.node.name, known(_kind_at(hole.kind, part))
    if isinstance(kind, types.List):
        message = f"the list `{name}` may go on for ever"
        help = f"write `where len({name}) <= 5`, or `max 100 tokens`"
    elif part and isinstance(known(hole.kind), types.ToolCall):
        message = f"`{part[1]}` of `{part[0]}` in `{name}` may go on for ever"
        help = f"write `tool {part[0]}({part[1]}: text where len({part[1]}) <= 40)`, or `max 100 tokens` in the hole"
    elif part:
        message = f"a text in `{name}` may go on for ever"
        help = f"write `max 100 tokens`, or `where every({name}, x => len(x) <= 40)`"
        if part[-1] != "[]":
            help = f"bound the field: `{part[-1]}: text where len({part[-1]}) <= 40`; or write `max 100 tokens`"
    else:
        message = f"the text `{name}` may go on for ever"
        help = f'write `where len({name}) <= 40`, `stop "\\n"` or `max 20 tokens`'
    report.add("LOT-E0403", hole.node.span, message, "not bounded", help=help)


def _kind_at(kind: Type, part: Part) -> Type:
    for step in part:
        kind = known(kind)
        if isinstance(kind, types.List) and step == "[]":
            kind = kind.item
        elif isinstance(kind, types.Record):
            kind = next((f.type for f in kind.fields if f.name == step), types.UNKNOWN)
        elif isinstance(kind, types.ToolCall):
            tool = next(tool for tool in kind.tools if tool.name == step)
            kind = types.Record(None, tool.params)
    return kind


class _Reader:
    """Reads one condition into bounds."""

    def __init__(self, hole: PendingHole, names: frozenset[str], kinds: Mapping[int, Type], report: Report) -> None:
        self.hole = hole
        self.names = names
        self.kinds = kinds
        self.report = report
        self.bounds: list[Bound] = []
        self.is_read = True

    def read(self, node: tree.Expr, part: Part) -> None:
        """Read a condition on a part of the hole."""
        match node:
            case tree.And():
                for item in node.items:
                    self.read(item, part)
            case tree.Comparison():
                self._comparison(node, part)
            case tree.Call(_, tree.Name(_, ("matches" | "contains" | "every") as name), (first, second)):
                self._call(node, name, first, second, part)
            case _:
                self._refuse(node)

    def _refuse(self, node: tree.Expr) -> None:
        self.is_read = False
        at = node.span if node.span.source is self.hole.node.span.source else self.hole.node.span
        message = "this `where` can't be held while the model writes"
        self.report.add("LOT-E0405", at, message, "no grammar says this", help=_FORMS)

    def _place(self, node: object, part: Part) -> Part | None:
        """Give the part of the hole that an expression is: the hole, or a field of it."""
        if isinstance(node, tree.Name) and node.name in self.names:
            return part
        if isinstance(node, tree.Attribute):
            inner = self._place(node.target, part)
            return None if inner is None else (*inner, node.name)
        return None

    def _is_free(self, node: object) -> bool:
        return not any(isinstance(n, tree.Name) and n.name in self.names for n in below(node))

    # comparisons

    def _comparison(self, node: tree.Comparison, part: Part) -> None:
        left: tree.Expr = node.first
        for sign, right in node.rest:
            if not self._pair(left, sign, right, part):
                self._refuse(node)
                return
            left = right

    def _pair(self, left: tree.Expr, sign: str, right: tree.Expr, part: Part) -> bool:
        if sign == "in":
            return self._is_in(left, right, part)
        if self._is_free(left) and sign in _FLIPPED:
            left, sign, right = right, _FLIPPED[sign], left
        if sign not in _FLIPPED or not self._is_free(right):
            return False
        place = self._place(left, part)
        if place is not None:
            return self._limit(place, sign, right, "least", "most")
        match left:
            case tree.Call(_, tree.Name(_, "len"), (measured,)):
                place = self._place(measured, part)
                if place is None:
                    return False
                is_list = isinstance(known(_kind_at(self.hole.kind, place)), types.List)
                low, high = ("fewest", "most_items") if is_list else ("shortest", "longest")
                return self._limit(place, sign, right, low, high)  # type: ignore[arg-type]
        return False

    def _limit(self, place: Part, sign: str, value: tree.Expr, low: Kind, high: Kind) -> bool:
        kind = known(_kind_at(self.hole.kind, place))
        if low == "least" and not isinstance(kind, types.Int | types.Number):
            return False
        if isinstance(self.kinds.get(id(value)), types.Number):
            message = "the bound of a hole is a whole number"
            self.report.add("LOT-E0418", value.span, message, "this is `number`", help="write an `int`")
            return True
        if sign in "<>" and isinstance(kind, types.Number):
            message = f"`{sign}` bounds no `number` hole: it has no next number"
            self.report.add("LOT-E0418", value.span, message, "a strict bound", help=f"write `{sign}=`")
            return True
        if sign in (">", ">=", "=="):
            self.bounds.append(Bound(low, value, place, 1 if sign == ">" else 0))
        if sign in ("<", "<=", "=="):
            self.bounds.append(Bound(high, value, place, -1 if sign == "<" else 0))
        return True

    def _is_in(self, left: tree.Expr, right: tree.Expr, part: Part) -> bool:
        match left:
            case tree.Call(_, tree.Name(_, "name_of"), (called,)):
                return self._is_named(called, right, part)
        place = self._place(left, part)
        if place is None or not (isinstance(right, tree.Derived) or self._is_free(right)):
            return False  # what is derived knows no hole: that is said already
        listed = self.kinds.get(id(right))
        kind = known(_kind_at(self.hole.kind, place))
        if isinstance(listed, types.Text | types.Literal):
            self.bounds.append(Bound("part_of", right, place))
            return isinstance(kind, types.Text)
        if isinstance(kind, types.List | types.Record) or not isinstance(listed, types.List | types.Unknown):
            return False
        self.bounds.append(Bound("in", right, place))
        return True

    def _is_named(self, called: object, right: tree.Expr, part: Part) -> bool:
        """Read `name_of(action) in names`."""
        place = self._place(called, part)
        listed = self.kinds.get(id(right))
        if place is None or not self._is_free(right) or not isinstance(listed, types.List | types.Unknown):
            return False
        self.bounds.append(Bound("named", right, place))
        return True

    # calls

    def _call(self, node: tree.Call, name: str, first: object, second: object, part: Part) -> None:
        if name == "every" and isinstance(second, tree.Lambda):
            place = self._place(first, part)
            if place is not None and not isinstance(second.body, tree.Block):
                inner = _Reader(self.hole, frozenset({second.param}), self.kinds, self.report)
                inner.read(second.body, (*place, "[]"))
                self.bounds += inner.bounds
                self.is_read &= inner.is_read
                return
        own, other = (first, second) if name == "matches" else (second, first)
        place = self._place(own, part)
        is_text = place is not None and isinstance(known(_kind_at(self.hole.kind, place)), types.Text)
        if name == "every" or place is None or not is_text or not self._is_free(other):
            self._refuse(node)
            return
        if name == "matches":
            self._check_pattern(other)
        self.bounds.append(Bound("matches" if name == "matches" else "part_of", other, place))  # type: ignore[arg-type]

    def _check_pattern(self, node: object) -> None:
        pattern = constant_text(node)
        problem = problem_of(pattern) if pattern is not None else None
        if problem is not None and isinstance(node, tree.Text):
            message, help = problem
            self.report.add("LOT-E0419", node.span, message, "in this pattern", help=help)
