"""Inference of `match`: patterns against the subject's type, and whether every value has an arm.

A bare name is a case of the subject's enum; inside a tuple pattern it binds. Next door: `patterns.py` judges the arms
as a whole, `type_patterns.py` has `Hit as h`.
"""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.names import Binding, Path, facts, path_of
from lotterylang.check.patterns import Row, is_needed, uncovered
from lotterylang.check.relations import are_comparable
from lotterylang.check.type_patterns import TypePatterns
from lotterylang.check.types import BOOL, INT, NOTHING, NUMBER, UNKNOWN, Type, known
from lotterylang.syntax import tree
from lotterylang.syntax.tree.blocks import Pattern


class Matches(TypePatterns):
    """`match` and its patterns."""

    def _match(self, node: tree.Match, want: Type | None) -> Type:
        subject = self.expr(node.subject)
        path = path_of(node.subject)
        kinds: list[Type] = []
        rows: list[Row] = []
        for arm in node.arms:
            with self.scope.block():
                is_sound = self.pattern(arm.pattern, subject)
                if path is not None:
                    self._show_subject(path, arm.pattern, subject, rows)
                if arm.guard is not None:
                    with self.pure("a guard"):
                        self.expr(arm.guard, BOOL)
                    self.scope.show(facts(arm.guard, True, self.types))
                if not is_sound:
                    subject = UNKNOWN
                elif subject != UNKNOWN and not is_needed(rows, self.resolved(arm.pattern), subject):
                    help = "remove it, or put it first"
                    self.report.add(
                        "LOT-E0310", arm.pattern.span, "this arm is never taken", "already covered", help=help
                    )
                kinds.append(self.body(arm.body, want))
            if arm.guard is None:
                rows.append((self.resolved(arm.pattern),))
        self._see_exhausted(node, rows, subject)
        return self.common(node, kinds, want, "the arms")

    def _show_subject(self, path: Path, pattern: Pattern, subject: Type, rows: list[Row]) -> None:
        """Show that the subject is none, or is not, in the arm of a pattern."""
        if not isinstance(subject, types.Maybe):
            return
        if isinstance(pattern, tree.ConstantPattern) and pattern.value is None:
            self.scope.show({path: NOTHING})
        elif not _is_none(pattern) and (not _is_wild(pattern) or any(_is_none(row[0]) for row in rows)):
            self.scope.show({path: subject.item})

    def _see_exhausted(self, node: tree.Match, rows: list[Row], subject: Type) -> None:
        if isinstance(subject, types.Unknown | types.Never):
            return
        left = uncovered(rows, subject)
        if left is not None:
            help = f"add an arm `{left} => …`" + ("" if left == "_" else ", or `_ => …` for all others")
            message = f"`{left}` has no arm" if left != "_" else f"not every `{subject}` has an arm"
            self.report.add("LOT-E0311", node.subject.span, message, f"this is `{subject}`", help=help)

    # patterns

    def pattern(self, node: Pattern, kind: Type, *, inside: bool = False) -> bool:
        """Judge a pattern against a type, and bind its names. Tells whether it is sound."""
        match node:
            case tree.EitherPattern():
                sound = True
                for option in node.options:
                    sound = (
                        self._no_names_in(option, inside=inside) and self.pattern(option, kind, inside=inside) and sound
                    )
                return sound
            case tree.TuplePattern():
                return self._tuple_pattern(node, kind)
            case tree.ConstantPattern():
                return self._constant_pattern(node, kind)
            case tree.CasePattern():
                return self._case_pattern(node, kind, inside)
            case tree.CallPattern():
                return self._call_pattern(node, kind)
        return self._type_pattern(node, kind)

    def _no_names_in(self, node: Pattern, *, inside: bool) -> bool:
        names = [n for n in names_of(node, inside) if n != "_"]
        if names:
            help = "write two arms"
            self.report.add(
                "LOT-E0329", node.span, f"`{names[0]}` is bound by one choice of several", "binds a name", help=help
            )
        return not names

    def _tuple_pattern(self, node: tree.TuplePattern, kind: Type) -> bool:
        inner = known(kind)
        items: tuple[Type, ...] = (UNKNOWN,) * len(node.items)
        sound = True
        if isinstance(inner, types.Tuple) and len(inner.items) == len(node.items):
            items = inner.items
        elif not isinstance(inner, types.Unknown | types.Never):
            sound = self.does_not_fit(node, kind, f"this takes {len(node.items)} parts")
        for item, part in zip(node.items, items, strict=True):
            sound = self.pattern(item, part, inside=True) and sound
        return sound

    def _call_pattern(self, node: tree.CallPattern, kind: Type) -> bool:
        inner = known(kind)
        tools = {tool.name: tool for tool in inner.tools} if isinstance(inner, types.ToolCall) else {}
        tool = tools.get(node.name)
        params: tuple[Type, ...] = (UNKNOWN,) * len(node.params)
        sound = isinstance(inner, types.Unknown | types.Never)
        if tool is not None and len(tool.params) == len(node.params):
            params, sound = tuple(param.type for param in tool.params), True
        elif tool is not None:
            taken = ", ".join(param.name for param in tool.params)
            help = f"write `{tool.name}({taken})`, or `_` for each"
            message = f"`{tool.name}` takes {len(tool.params)} values, {len(node.params)} stand here"
            self.report.add("LOT-E0329", node.span, message, "other parts", help=help)
        elif tools:
            help = "write " + " or ".join(f"`{name}(…)`" for name in tools)
            self.report.add("LOT-E0329", node.span, f"no `{kind}` is ever `{node.name}(…)`", "another tool", help=help)
        elif not sound:
            sound = self.does_not_fit(node, kind, "the pattern of a tool's call")
        for name, param in zip(node.params, params, strict=True):
            self.bind(name, param, node.span)
        return sound

    def _constant_pattern(self, node: tree.ConstantPattern, kind: Type) -> bool:
        own = _type_of(node)
        if isinstance(own, types.Literal) and isinstance(known(kind), types.Enum):
            return self.does_not_fit(node, kind, "a text")
        if isinstance(own, types.Nothing):
            fits = isinstance(kind, types.Maybe | types.Nothing | types.Unknown)
        else:
            fits = are_comparable(own, known(kind))
            inner = known(kind)
            if isinstance(inner, types.Literal) and isinstance(own, types.Literal):
                fits = own.options[0] in inner.options
        return fits or self.does_not_fit(node, kind, f"this is `{own}`")

    def _case_pattern(self, node: tree.CasePattern, kind: Type, inside: bool) -> bool:
        inner = known(kind)
        if node.name == "_" and node.enum is None:
            return True
        if isinstance(inner, types.Unknown | types.Never):
            if inside and node.enum is None:
                self.bind(node.name, UNKNOWN, node.span)
            return inside
        if inside and node.enum is None:
            return self._bind_in_tuple(node, kind)
        if not isinstance(inner, types.Enum):
            return self._no_enum(node, kind)
        if node.enum is not None and node.enum != inner.name:
            return self.does_not_fit(node, kind, f"a case of `{node.enum}`")
        if node.name not in dict(inner.cases):
            self.no_case(node, node.name, inner)
            self._suppose_bound(node)
            return False
        return True

    def _suppose_bound(self, node: tree.CasePattern) -> None:
        """Take a bare name for bound, of no known type, after it was refused: the arm may speak of it."""
        if node.enum is None and self.scope.find(node.name) is None:
            self.scope.bind(Binding(node.name, UNKNOWN, node.span))

    def _bind_in_tuple(self, node: tree.CasePattern, kind: Type) -> bool:
        inner = known(kind)
        if isinstance(inner, types.Enum) and node.name in dict(inner.cases):
            message, help = f"`{node.name}` would bind a name here", f"write `{inner.name}.{node.name}`"
            self.report.add("LOT-E0329", node.span, message, "a case of the enum", help=help)
            return False
        self.bind(node.name, kind, node.span)
        return True

    def _no_enum(self, node: tree.CasePattern, kind: Type) -> bool:
        message = f"`{node.span.text}` is no case: the subject is `{kind}`"
        help = "write `_` for any value; names bind only inside `( )`"
        self.report.add("LOT-E0329", node.span, message, "a bare name is a case", help=help)
        self._suppose_bound(node)
        return False


def names_of(node: Pattern, inside: bool = False) -> list[str]:
    """List the names that a pattern binds."""
    if isinstance(node, tree.EitherPattern):
        return [name for option in node.options for name in names_of(option, inside)]
    if isinstance(node, tree.TuplePattern):
        return [name for item in node.items for name in names_of(item, True)]
    if isinstance(node, tree.TypePattern) and node.name is not None:
        return [node.name]
    if isinstance(node, tree.CallPattern):
        return list(node.params)
    return [node.name] if inside and isinstance(node, tree.CasePattern) and node.enum is None else []


def _is_wild(node: Pattern) -> bool:
    return isinstance(node, tree.CasePattern) and node.name == "_"


def _is_none(node: object) -> bool:
    if isinstance(node, tree.EitherPattern):
        return any(_is_none(option) for option in node.options)
    return isinstance(node, tree.ConstantPattern) and node.value is None


def _type_of(node: tree.ConstantPattern) -> Type:
    match node.value:
        case None:
            return NOTHING
        case bool():
            return BOOL
        case str():
            return types.Literal((node.value,))
        case int():
            return INT
    return NUMBER
