"""Inference of properties: what is drawn, what must hold of it, and the body, judged as that of an example."""

from __future__ import annotations

from lotterylang.check.effects import Trace
from lotterylang.check.functions import Functions
from lotterylang.check.judge import Frame
from lotterylang.check.names import span_of
from lotterylang.check.types import UNKNOWN, Choice, Function, List, Score, Type, Variable, parts_of
from lotterylang.syntax import tree


class Properties(Functions):
    """Properties."""

    def property(self, node: tree.Property) -> Trace:
        """Judge a property. Gives what it touches; the types and conditions of what it draws are noted by node."""
        self.frame = Frame(is_test=True)
        if node.rate is not None:
            help = "write `always`, or measure it by a script in Python"
            self.report.add("LOT-E0901", node.rate.span, "`at least` is not built yet", "stands here", help=help)
        with self.scope.alone():
            for drawn in node.drawn:
                self._drawn(drawn)
            self._test_body(tuple(each for each in node.body if not isinstance(each, tree.NeverFails)))
        return self.frame.trace

    def _drawn(self, node: tree.Drawn) -> None:
        kind = self._of_type(node) if node.type is not None else self._of_list(node)
        self.note(node, kind)
        self.bind(node.name, kind, span_of(node.name, node.span))

    def _of_type(self, node: tree.Drawn) -> Type:
        assert node.type is not None
        kind = self.written(node.type.type)
        if (lacking := _not_drawable(kind)) is not None:
            message, help = f"no value of `{lacking}` can be drawn", "draw what it is made of, and build it in the body"
            self.report.add("LOT-E0429", node.type.span, message, "can't be drawn", help=help)
            return UNKNOWN
        condition = self.declared.written.condition(node.type)
        if condition is not None:
            self.conditions[id(node)] = condition
            self.where(condition, (node.name, "it"), kind)
        return kind

    def _of_list(self, node: tree.Drawn) -> Type:
        assert node.source is not None
        with self.pure("what a property draws from"):
            kind = self.expr(node.source)
        if isinstance(kind, List):
            return kind.item
        if kind != UNKNOWN:
            message = f"a property draws from a list, and this is `{kind}`"
            help = "write a list, or a type after `:`"
            self.report.add("LOT-E0320", node.source.span, message, "no list", help=help)
        return UNKNOWN


def _not_drawable(kind: Type) -> Type | None:
    """Find the type in a type that nothing can be drawn of."""
    if isinstance(kind, Function | Choice | Score | Variable):
        return kind
    return next((found for part in parts_of(kind) if (found := _not_drawable(part)) is not None), None)
