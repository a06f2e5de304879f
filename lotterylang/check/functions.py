"""Inference of whole functions and constants: parameters, defaults, conditions, bodies, results."""

from __future__ import annotations

from contextlib import nullcontext

from lotterylang.check import types
from lotterylang.check.declared import Declared, with_result
from lotterylang.check.effects import Named, Taker
from lotterylang.check.examples import Examples
from lotterylang.check.judge import Frame
from lotterylang.check.names import Binding, span_of
from lotterylang.check.relations import joined
from lotterylang.check.report import Report
from lotterylang.check.types import BOOL, Function, Resource, Type
from lotterylang.check.unify import closed
from lotterylang.syntax import tree


class Functions(Examples):
    """Functions and constants."""

    def __init__(self, declared: Declared, report: Report) -> None:
        super().__init__(declared, report)
        self.conditions: dict[int, tree.Expr] = {}

    def function(self, node: tree.Fn) -> Taker:
        """Judge a function. Gives its trace; its result, if it declares none, goes to what is declared."""
        found = self.declared.functions[node.name]
        wanted = closed(found.result) if found.result is not None else None
        self.frame = Frame(node.name, node.variables, wanted)
        defaults = self._defaults(node)
        with self.scope.alone():
            for param, seen in zip(node.params, found.params, strict=True):
                self.promise(param, (param.name,), closed(seen.type))
            for param, seen in zip(node.params, found.params, strict=True):
                if self.scope.find(param.name) is None:
                    self.bind(param.name, closed(seen.type), span_of(param.name, param.span))
            if wanted is not None:
                self.promise(node, (), wanted)
            kind = self._body(node, wanted)
        if found.result is None:
            result = self._common_result(node, [*self.frame.returns, kind])
            self.declared.functions[node.name] = with_result(found, result, node.variables)
        params = tuple(p.name for p in found.params if isinstance(p.type, Function))
        return Taker(self.frame.trace, params, defaults)

    def tool(self, node: tree.Tool) -> None:
        """Judge what a tool's parameters and its result promise, and the defaults."""
        kind = self.declared.tools[node.name].kind
        self._judge_params(node.params, kind.params)
        self.keep_condition(node, self.declared.written.implied(node.result), ("it",), kind.result)

    def logic(self, node: tree.Logic) -> None:
        """Judge what the facts of a logic promise, and their defaults."""
        self._judge_params(node.params, self.declared.logics[node.name].params)

    def _judge_params(self, params: tuple[tree.Param, ...], fields: tuple[types.Field, ...]) -> None:
        self.frame = Frame()
        for param, field in zip(params, fields, strict=True):
            with self.scope.alone():
                self.promise(param, (param.name,), field.type)
                if param.default is not None:
                    with self.pure("a default"):
                        self.expr(param.default, field.type)

    def _common_result(self, node: tree.Fn, kinds: list[Type]) -> Type:
        place, result = self.declared.nodes.places[node.name], joined(kinds)
        if result is None:
            shown = " and ".join(f"`{kind}`" for kind in dict.fromkeys(map(str, kinds)))
            message = f"`{node.name}` gives values of no common type"
            return self.report.add("LOT-E0302", place, message, shown, help="give all of them one type")
        return self.of_bearable_size(node.name, result, place)

    def is_head(self, node: tree.Memory) -> bool:
        """Tell whether a memory stands at the top level of its function's body, before any label."""
        function = self.declared.nodes.functions.get(self.frame.function or "")
        statements = function.body.statements if function is not None else ()
        labels = (i for i, statement in enumerate(statements) if isinstance(statement, tree.Label))
        return any(statement is node for statement in statements[: next(labels, len(statements))])

    def _body(self, node: tree.Fn, wanted: Type | None) -> Type:
        labels: dict[str, tree.Label] = {}
        for statement in node.body.statements:
            if isinstance(statement, tree.Label):
                if statement.name in labels:
                    message = f"the label `{statement.name}` stands twice"
                    others = ((labels[statement.name].span, "first"),)
                    self.report.add("LOT-E0209", statement.span, message, "again", help="rename one", others=others)
                labels.setdefault(statement.name, statement)
        self.frame.labels = labels
        return self.labelled(node.body, wanted) if labels else self.block(node.body, wanted)

    def _defaults(self, node: tree.Fn) -> dict[str, Named]:
        found = self.declared.functions[node.name]
        functions: dict[str, Named] = {}
        for param, seen in zip(node.params, found.params, strict=True):
            if param.default is None:
                continue
            kind = closed(seen.type)
            with self.scope.alone(), self.pure("a default"):
                if isinstance(kind, Resource):
                    self.pass_resource(param.default, kind)
                elif isinstance(kind, Function):
                    _, passed = self.function_argument(param.default, kind)
                    if isinstance(passed, Named):
                        functions[param.name] = passed
                else:
                    self.expr(param.default, kind)
        return functions

    def promise(self, owner: tree.Param | tree.Let | tree.Fn, names: tuple[str, ...], kind: Type) -> None:
        """Judge what a written type says of its values; `names` and `it` stand for one."""
        written = owner.result if isinstance(owner, tree.Fn) else owner.type
        condition = self.declared.written.condition(written) if written is not None else None
        self.keep_condition(owner, condition, (*names, "it"), kind)

    def keep_condition(self, owner: object, condition: tree.Expr | None, names: tuple[str, ...], kind: Type) -> None:
        """Judge what must hold of a value, and note it for the run by whom it belongs to."""
        if condition is not None:
            self.conditions[id(owner)] = condition
            with self.scope.alone() if isinstance(owner, tree.Tool) else nullcontext():
                self.where(condition, names, kind)

    def where(self, condition: tree.Expr, names: tuple[str, ...], kind: Type) -> None:
        """Judge what must hold of a value, which some names stand for."""
        with self.scope.block(), self.pure("`where`"):
            for name in names:
                self.scope.bind(Binding(name, kind, condition.span))
            self.expr(condition, BOOL)

    def constant(self, name: str, node: tree.Let) -> None:
        """Judge a constant. Its type goes to what is declared."""
        self.frame = Frame()
        want = self.declared.constants[name]
        with self.scope.alone(), self.pure("a constant"):
            kind = self.expr(node.value, want)
        if want is not None:
            with self.scope.alone():
                self.promise(node, (name.rpartition(".")[2],), want)
        kind = want if want is not None else kind
        self.declared.constants[name] = self.of_bearable_size(name, kind, self.declared.nodes.places[name])
