"""Inference of values: constants, texts, lists, maps, tuples, and the parts of them.

Next door: `references.py` has names; `operators.py` has what is computed.
"""

from __future__ import annotations

from lotterylang.check import habits, types
from lotterylang.check.names import close_name, end_of, path_of
from lotterylang.check.references import References
from lotterylang.check.relations import joined
from lotterylang.check.types import BOOL, INT, NOTHING, NUMBER, TEXT, UNKNOWN, Type, known
from lotterylang.check.walk import constant_text
from lotterylang.syntax import tree


def item_want(want: Type | None) -> Type | None:
    """Give what is asked of the items of a list, from what is asked of the list."""
    wanted = known(want) if want is not None else None
    if isinstance(wanted, types.List):
        return wanted.item
    return UNKNOWN if want is not None and want == UNKNOWN else None


class Values(References):
    """Literals, what they are put together to, and what is taken out of them."""

    # constants and texts

    def _number(self, node: tree.Number, want: Type | None) -> Type:
        return INT if isinstance(node.value, int) else NUMBER

    def _constant(self, node: tree.Constant, want: Type | None) -> Type:
        return NOTHING if node.value is None else BOOL

    def _text(self, node: tree.Text, want: Type | None) -> Type:
        for part in node.parts:
            if isinstance(part, tree.Value):
                self.shown_value(part)
            elif isinstance(part, tree.Hole):
                help = "a hole stands in the prompt of an ASK"
                self.report.add(
                    "LOT-E0401", part.span, f"the hole `{part.name}` can't be filled here", "no ASK fills it", help=help
                )
            elif isinstance(part, tree.RoleLine):
                help = "role lines stand in prompts; begin the line with another word"
                message = f"`{part.role}:` begins a turn, and this is no prompt"
                self.report.add("LOT-E0411", part.span, message, "no turn", help=help)
        written = constant_text(node)
        if written is not None and want is not None and isinstance(known(want), types.Literal):
            return types.Literal((written,))
        return TEXT

    def shown_value(self, part: tree.Value, *, is_history: bool = False) -> None:
        """Judge `${…}`. Errors: LOT-E0410 for what has no rendering and is no history."""
        with self.pure("a text"):
            kind = self.expr(part.value)
        if not is_history:
            self.demand("show", kind, part.value.span)

    # what is put together

    def _list(self, node: tree.List, want: Type | None) -> Type:
        wanted = item_want(want)
        kinds = []
        for item in node.items:
            if isinstance(item, tree.Spread):
                kinds.append(self.spread_items(item, wanted))
            else:
                kinds.append(self.expr(item, wanted))
        return types.List(self.common(node, kinds, wanted, "the items"))

    def spread_items(self, node: tree.Spread, wanted: Type | None) -> Type:
        """Give the type of the items that `..xs` puts in."""
        kind = self.expr(node.value)
        if isinstance(kind, types.List):
            if not self.fits(kind.item, wanted):
                return self.mismatch(node.value, kind, types.List(wanted or UNKNOWN))
            return kind.item
        if isinstance(kind, types.Unknown | types.Never):
            return UNKNOWN
        message = f"`..` takes a list apart, this is `{kind}`"
        return self.report.add("LOT-E0301", node.value.span, message, "no list", help="leave out `..`")

    def common(self, node: tree.Expr, kinds: list[Type], want: Type | None, what: str) -> Type:
        """Give the type that several parts share. Errors: LOT-E0302 where there is none and the value is used."""
        both = joined(kinds)
        if both is not None:
            return both
        if not self.wants(want):
            return UNKNOWN
        if want is not None:
            return want
        shown = " and ".join(f"`{kind}`" for kind in dict.fromkeys(map(str, kinds)))
        help = "give all of them one type"
        return self.report.add("LOT-E0302", node.span, f"{what} have no common type", f"{shown}", help=help)

    def _map(self, node: tree.Map, want: Type | None) -> Type:
        wanted = known(want) if want is not None else None
        key_want, value_want = (wanted.key, wanted.value) if isinstance(wanted, types.Map) else (None, None)
        keys, values = [], []
        for key, value in node.pairs:
            keys.append(self.expr(key, key_want))
            values.append(self.expr(value, value_want))
        key_kind = self.common(node, keys, key_want, "the keys")
        if node.pairs:
            self.demand("key", key_kind, node.pairs[0][0].span)
        return types.Map(key_kind, self.common(node, values, value_want, "the values"))

    def _tuple(self, node: tree.Tuple, want: Type | None) -> Type:
        wanted = known(want) if want is not None else None
        fits = isinstance(wanted, types.Tuple) and len(wanted.items) == len(node.items)
        wants = wanted.items if fits and isinstance(wanted, types.Tuple) else (None,) * len(node.items)
        kinds = []
        for item, item_wanted in zip(node.items, wants, strict=True):
            kinds.append(self.expr(item, item_wanted))
        return types.Tuple(tuple(kinds))

    def _range(self, node: tree.Range, want: Type | None) -> Type:
        self.expr(node.low, INT)
        self.expr(node.high, INT)
        return types.List(INT)

    # what is taken apart

    def _item(self, node: tree.Item, want: Type | None) -> Type:
        target = self.expr(node.target)
        is_slice = isinstance(node.index, tree.Range)
        match target:
            case types.Unknown() | types.Never():
                self.expr(node.index)
                return UNKNOWN
            case types.List() | types.Text() | types.Literal():
                self.expr(node.index, None if is_slice else INT)
                if isinstance(target, types.List):
                    return target if is_slice else target.item
                return TEXT
            case types.Map():
                self.expr(node.index, target.key)
                return target.value
        self.expr(node.index)
        return self._no_items(node, target)

    def _no_items(self, node: tree.Item, target: Type) -> Type:
        if isinstance(target, types.Maybe):
            return self.perhaps_none(node.target, target)
        help = "items are of lists, texts and maps"
        if isinstance(target, types.Tuple):
            help = "take it apart: `let (a, b) = …`"
        elif isinstance(target, types.Record):
            help = f"write `.{target.fields[0].name}`" if target.fields else help
        message = f"`{target}` has no items"
        return self.report.add("LOT-E0324", node.target.span, message, f"this is `{target}`", help=help)

    def perhaps_none(self, node: tree.Expr, kind: Type) -> Type:
        """Say that a value may be none where it is used as if it could not. Errors: LOT-E0323."""
        path = path_of(node)
        name = ".".join(path) if path else None
        help = (
            f"test it first: `if {name} != none {{ … }}`"
            if name
            else "bind it by `let`, then test it: `if x != none { … }`"
        )
        message = f"this may be `none`, and `{known(kind)}` is needed"
        return self.report.add("LOT-E0323", node.span, message, f"this is `{kind}`", help=help)

    def _attribute(self, node: tree.Attribute, want: Type | None) -> Type:
        if isinstance(node.target, tree.TypeValue):
            return self._case(node, node.target)
        target = self.expr(node.target)
        if isinstance(target, types.Unknown | types.Never):
            return UNKNOWN
        if isinstance(node.target, tree.Choose) and node.name in ("value", "margin"):
            self.only_best.add(id(node.target))
        path = path_of(node)
        if path is not None and (shown := self.scope.shown(path)) is not None:
            return shown
        found = fields_of(target).get(node.name)
        return found if found is not None else self._no_field(node, target)

    def _case(self, node: tree.Attribute, target: tree.TypeValue) -> Type:
        kind = self.declared.written.types.get(target.name)
        if kind is None:
            return self.undefined_type(target)
        if not isinstance(kind, types.Enum):
            return kind if kind == UNKNOWN else self._type_value(target, None)
        if node.name not in dict(kind.cases):
            return self.no_case(node, node.name, kind)
        return kind

    def no_case(self, node: tree.Attribute | tree.CasePattern, name: str, kind: types.Enum) -> Type:
        """Say that an enum has no such case. Errors: LOT-E0211."""
        names = [case for case, _ in kind.cases]
        close = close_name(name, names)
        place = self.declared.place(kind.name)
        others = ((place, "declared here"),) if place is not None else ()
        help = f"write `{close}`" if close else f"its cases are {', '.join(f'`{case}`' for case in names[:8])}"
        message = f"`{kind}` has no case `{name}`"
        at = end_of(name, node.span)
        return self.report.add("LOT-E0211", at, message, "no such case", help=help, others=others)

    def _no_field(self, node: tree.Attribute, target: Type) -> Type:
        if isinstance(target, types.Maybe) and node.name in fields_of(target.item):
            return self.perhaps_none(node.target, target)
        names = list(fields_of(target))
        close = close_name(node.name, names)
        if close:
            help = f"write `.{close}`"
        elif names:
            help = f"it has {', '.join(f'`{name}`' for name in names[:8])}"
        elif isinstance(target, types.Map):
            help = f'write `m["{node.name}"]`'
        elif isinstance(target, types.Tuple):
            help = "take it apart: `let (a, b) = …`"
        else:
            help = habits.METHODS.get(node.name, "fields are of records")
        message = f"`{target}` has no `{node.name}`"
        return self.report.add("LOT-E0210", end_of(node.name, node.span), message, "no such field", help=help)


def fields_of(kind: Type) -> dict[str, Type]:
    """List what may stand after a point, with its type."""
    match kind:
        case types.Record():
            return {f.name: f.type for f in kind.fields}
        case types.Choice(item):
            scores = types.List(types.Tuple((item, NUMBER)))
            return {"value": item, "probability": NUMBER, "margin": NUMBER, "scores": scores}
        case types.Score():
            return {"sum": NUMBER, "mean": NUMBER, "lift": NUMBER}
    return {}
