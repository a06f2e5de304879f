"""Inference of what is computed: arithmetic, comparisons, `and`, `or`, `not`."""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.names import facts
from lotterylang.check.relations import are_comparable, join
from lotterylang.check.types import BOOL, INT, NUMBER, TEXT, UNKNOWN, Type, known
from lotterylang.check.values import Values
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span

NUMERIC = (types.Int, types.Number)
TEXTUAL = (types.Text, types.Literal)


class Operators(Values):
    """Operators and the types they take."""

    def _negative(self, node: tree.Negative, want: Type | None) -> Type:
        kind = self.expr(node.value)
        if isinstance(kind, (*NUMERIC, types.Unknown, types.Never)):
            return kind
        if isinstance(kind, types.Maybe):
            return self.perhaps_none(node.value, kind)
        return self.report.add(
            "LOT-E0303", node.span, f"`-` takes a number, this is `{kind}`", "no number", help="negate a number"
        )

    def _arithmetic(self, node: tree.Arithmetic, want: Type | None) -> Type:
        left_node: tree.Expr = node.first
        left = self.expr(node.first)
        for sign, right_node in node.rest:
            right = self.expr(right_node)
            left = self._computed(left_node, left, sign, right_node, right)
            left_node = right_node
        return left

    def _computed(self, left_node: tree.Expr, left: Type, sign: str, right_node: tree.Expr, right: Type) -> Type:
        for node, kind in ((left_node, left), (right_node, right)):
            if isinstance(kind, types.Maybe):
                return self.perhaps_none(node, kind)
        if isinstance(left, types.Unknown | types.Never) or isinstance(right, types.Unknown | types.Never):
            return UNKNOWN
        if isinstance(left, NUMERIC) and isinstance(right, NUMERIC):
            return _number(left, sign, right)
        if sign == "+" and isinstance(left, TEXTUAL) and isinstance(right, TEXTUAL):
            return TEXT
        if sign == "+" and isinstance(left, types.List) and isinstance(right, types.List):
            both = join(left, right)
            if both is not None:
                return both
        message, label = f"`{sign}` does not take `{left}` and `{right}`", f"`{left}` {sign} `{right}`"
        span = left_node.span.to(right_node.span)
        return self.report.add("LOT-E0303", span, message, label, help=_instead(sign, left, right))

    # truth

    def _comparison(self, node: tree.Comparison, want: Type | None) -> Type:
        left_node: tree.Expr = node.first
        left = self.expr(node.first)
        for sign, right_node in node.rest:
            right = self.expr(right_node)
            span = left_node.span.to(right_node.span)
            if sign in ("in", "not in"):
                self._membership(left_node, left, right, span)
            elif sign in ("==", "!="):
                self._equality(left_node, left, right_node, right, span)
            else:
                self._order(left_node, left, right_node, right, span)
            left_node, left = right_node, right
        return BOOL

    def _equality(self, left_node: tree.Expr, left: Type, right_node: tree.Expr, right: Type, span: Span) -> None:
        is_named = isinstance(left_node, tree.Name) or isinstance(right_node, tree.Name)
        if (is_named and _is_never_none(left, right)) or not are_comparable(left, right):
            self._never_equal(left, right, right_node, span)
            return
        for kind, other in ((left, right_node), (right, left_node)):
            written = constant_text(other)
            if isinstance(known(kind), types.Literal) and written is not None:
                self.expr(other, kind)

    def _never_equal(self, left: Type, right: Type, right_node: tree.Expr, span: Span) -> None:
        help = "leave the test out" if types.NOTHING in (left, right) else "compare values of one type"
        enum = next((kind for kind in (known(left), known(right)) if isinstance(kind, types.Enum)), None)
        if enum is not None and enum.cases:
            written = constant_text(right_node)
            case = written if written in dict(enum.cases) else enum.cases[0][0]
            help = f"write `{enum}.{case}`"
        elif isinstance(known(left), types.Choice):
            help = "write `.value`, its chosen option"
        elif {type(known(left)), type(known(right))} <= {types.Text, types.Int, types.Number}:
            help = "write `len(x)` or `number(x)` of the text"
        self.report.add("LOT-E0304", span, f"`{left}` is never equal to `{right}`", "no common type", help=help)

    def _order(self, left_node: tree.Expr, left: Type, right_node: tree.Expr, right: Type, span: Span) -> None:
        for node, kind in ((left_node, left), (right_node, right)):
            if isinstance(kind, types.Maybe):
                self.perhaps_none(node, kind)
                return
        both = join(left, right)
        if both is None:
            self._never_equal(left, right, right_node, span)
        else:
            self.demand("order", both, span)

    def _membership(self, left_node: tree.Expr, left: Type, right: Type, span: Span) -> None:
        match right:
            case types.List(item) | types.Map(item, _):
                if not are_comparable(left, item):
                    self._never_equal(left, item, left_node, span)
            case types.Text() | types.Literal():
                if not isinstance(left, (*TEXTUAL, types.Unknown, types.Never)):
                    self._never_equal(left, TEXT, left_node, span)
            case types.Unknown() | types.Never():
                pass
            case _:
                message = f"`in` looks into a list, map or text, this is `{right}`"
                self.report.add(
                    "LOT-E0303", span, message, f"this is `{right}`", help="name a list, map or text after `in`"
                )

    def _not(self, node: tree.Not, want: Type | None) -> Type:
        self.expr(node.value, BOOL)
        return BOOL

    def _and(self, node: tree.And, want: Type | None) -> Type:
        self._each_knowing(node.items, True)
        return BOOL

    def _or(self, node: tree.Or, want: Type | None) -> Type:
        self._each_knowing(node.items, False)
        return BOOL

    def _each_knowing(self, items: tuple[tree.Expr, ...], truth: bool) -> None:
        """Judge each item knowing what those before it have shown: it is reached only then."""
        with self.scope.block():
            for item in items:
                self.expr(item, BOOL)
                self.scope.show(facts(item, truth, self.types))


def _number(left: Type, sign: str, right: Type) -> Type:
    if sign == "/":
        return NUMBER
    is_whole = sign == "//" or (isinstance(left, types.Int) and isinstance(right, types.Int))
    return INT if is_whole else NUMBER


def _instead(sign: str, left: Type, right: Type) -> str:
    pair = {type(left), type(right)}
    if sign == "+" and pair & {types.Text, types.Literal}:
        return 'put the value into the text: `"… ${x}"`'
    if sign == "+" and types.List in pair and not isinstance(right, types.List):
        return "write `[..xs, x]`"
    if sign == "+" and types.List in pair:
        return "give both lists items of one type"
    if sign == "*" and pair & {types.Text, types.Literal}:
        return "write `repeat(x, n)`"
    if sign == "+" and pair == {types.Map}:
        return "write `put(m, key, value)`"
    if types.Choice in pair:
        return "write `.value`, its chosen option"
    return "arithmetic is for numbers"


def _is_never_none(left: Type, right: Type) -> bool:
    """Tell whether one side is `none` and the other never is.

    Only of names is this asked: a value put in the place of a name, as in a counterexample, may be held against `none`.
    """
    if types.NOTHING not in (left, right):
        return False
    other = right if left == types.NOTHING else left
    return not isinstance(other, types.Maybe | types.Nothing | types.Variable | types.Unknown | types.Never)
