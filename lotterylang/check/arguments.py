"""Inference of arguments: which goes where, what they tell of the type variables, and functions as arguments.

Next door: `records.py` builds records by the same means, `calls.py` has the calls.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from lotterylang.check import habits, types
from lotterylang.check.declared import Callee, Parameter, prelude
from lotterylang.check.effects import Named, Param, Passed
from lotterylang.check.names import close_name
from lotterylang.check.operators import Operators
from lotterylang.check.prelude import HISTORY
from lotterylang.check.relations import fits
from lotterylang.check.traits import Use
from lotterylang.check.types import UNKNOWN, Function, Resource, Type
from lotterylang.check.unify import Bindings, closed, open_variables, substitute, unify
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Node

Argument = tree.Expr | tree.Lambda
EXAMPLES = {
    "model": '`model small = onnx("smollm2-135m-instruct")`',
    "index": '`index wiki = hnsw("wiki.jsonl", embed = "all-minilm-l6-v2")`',
}
Problem = tuple[str, Span, str, str, str]
"""A code, a place, a message, a label and help."""


@dataclass(slots=True)
class Application:
    """A call in the making: which argument goes where, what the open variables are, which functions are passed."""

    callee: Callee
    pairs: list[tuple[Parameter, Argument]]
    span: Span
    bound: Bindings = field(default_factory=dict)
    passed: dict[str, Passed] = field(default_factory=dict)

    def kind_of(self, param: Parameter) -> Type:
        """Give a parameter's type, as far as it is settled."""
        return substitute(param.type, self.bound)

    def take(self, param: Parameter, found: Type) -> bool:
        """Settle variables by the type of an argument. Tells whether the argument fits."""
        return unify(param.type, found, self.bound) and fits(found, self.kind_of(param))


class Arguments(Operators):
    """What stands in calls."""

    def _matched(self, node: tree.Call, callee: Callee, *, quietly: bool = False) -> Application | None:
        """Pair arguments and parameters. Errors (unless quietly): LOT-E0216, LOT-E0305; then all else is judged too."""
        pairs: list[tuple[Parameter, Argument]] = []
        problem: Problem | None = None
        for i, arg in enumerate(node.args):
            is_late = any(isinstance(before, tree.NamedArg) for before in node.args[:i])
            found = _place(callee, i, arg, [p for p, _ in pairs], is_late)
            if isinstance(found, Parameter):
                pairs.append((found, arg.value if isinstance(arg, tree.NamedArg) else arg))  # type: ignore[arg-type]
            else:
                problem = problem or found
        given = [p for p, _ in pairs]
        missing = [p for p in callee.params if not p.is_optional and not any(p is g for g in given)]
        if problem is None and missing:
            problem = _lacking(node, callee, missing)
        if problem is None:
            return Application(callee, pairs, node.span)
        if not quietly:
            code, span, message, label, help = problem
            place = self.declared.place(callee.name)
            others = ((place, "declared here"),) if place is not None else ()
            self.report.add(code, span, message, label, help=help, others=others)
            self._judge_loosely(node)
        return None

    def _judge_loosely(self, node: tree.Call) -> None:
        """Judge the arguments of a call that is in error itself, for errors of their own."""
        for arg in node.args:
            value = arg.value if isinstance(arg, tree.NamedArg | tree.Spread) else arg
            if not isinstance(value, tree.Lambda) and not self._is_function(value):
                self.expr(value)

    def _is_function(self, node: tree.Expr) -> bool:
        if not isinstance(node, tree.Name):
            return False
        local = self.scope.find(node.name)
        if local is not None:
            return isinstance(local.type, Function)
        return node.name in self.declared.functions or node.name in prelude()

    def _fill(self, call: Application) -> None:
        """Judge the arguments: values first, since they settle what the functions are given."""
        for param, arg in call.pairs:
            if isinstance(param.type, Function):
                continue
            if isinstance(param.type, Resource):
                self.pass_resource(arg, param.type)
                continue
            if isinstance(arg, tree.Lambda):
                help = f"`{param.name}` takes `{closed(call.kind_of(param))}`" if param.name else "pass a value"
                self.report.add("LOT-E0308", arg.span, "a function can't stand here", "a function", help=help)
                continue
            kind = call.kind_of(param)
            found = self.expr(arg, None if open_variables(param.type) else kind)
            if not call.take(param, found):
                self.mismatch(arg, found, closed(kind))
        self._pass_functions(call)

    # models and indexes as arguments

    def pass_resource(self, node: Argument, wanted: Resource) -> None:
        """See that an argument names a model or an index, or a parameter that is one. Errors: LOT-E0341."""
        kind = wanted.kind
        declared: Collection[str] = self.declared.models if kind == "model" else self.declared.indexes
        if isinstance(node, tree.Name):
            local = self.scope.find(node.name)
            if (local.type == wanted) if local is not None else (node.name in declared):
                self.note(node, wanted)
                return
        close = close_name(node.span.text, declared)
        known = [close] if close else list(declared)[:3]
        help = f"write {' or '.join(f'`{name}`' for name in known)}" if known else f"declare one: {EXAMPLES[kind]}"
        message = f"{'an' if kind == 'index' else 'a'} {kind} is passed by its name, and this names none"
        self.report.add("LOT-E0341", node.span, message, f"no {kind}", help=help)

    # functions as arguments

    def _pass_functions(self, call: Application) -> None:
        for param, arg in call.pairs:
            if isinstance(param.type, Function):
                wanted = substitute(param.type, call.bound)
                if isinstance(wanted, Function):
                    result, passed = self.function_argument(arg, wanted)
                    call.passed[param.name] = passed
                    if not unify(wanted.result, result, call.bound):
                        call.bound.update(dict.fromkeys(open_variables(wanted.result), UNKNOWN))

    def function_argument(self, node: Argument, wanted: Function) -> tuple[Type, Passed]:
        """Judge what stands for a function. Gives its result's type and what it may touch."""
        unsettled = [name[1:] for kind in wanted.params for name in sorted(open_variables(kind))]
        if unsettled:
            help = "pass a value that tells it, before the function"
            message = f"nothing tells what `{unsettled[0]}` is"
            self.report.add("LOT-E0317", node.span, message, "takes a value of it", help=help)
            wanted = Function((UNKNOWN,) * len(wanted.params), wanted.result)
        if isinstance(node, tree.Lambda):
            return self._lambda(node, wanted)
        if isinstance(node, tree.Name):
            return self._named_function(node, wanted)
        kind = self.expr(node)
        if kind != UNKNOWN:
            help = "name a function, or write `x => …`"
            self.report.add("LOT-E0308", node.span, f"a function is needed, this is `{kind}`", "no function", help=help)
        return UNKNOWN, Named("")

    def _lambda(self, node: tree.Lambda, wanted: Function) -> tuple[Type, Passed]:
        if len(wanted.params) != 1:
            message = f"`{node.param} => …` takes one value, {len(wanted.params)} are passed"
            self.report.add("LOT-E0308", node.span, message, "takes one", help="name a function that takes them")
        given = wanted.params[0] if len(wanted.params) == 1 else UNKNOWN
        result = None if open_variables(wanted.result) else wanted.result
        with self.apart() as trace, self.inside("lambda"), self.scope.block():
            self.bind(node.param, given, span_of_param(node))
            found = self.body(node.body, result)
        self.note(node, Function((given,), found))
        self.touching.append((node, trace, self.frame.function))
        return found, trace

    def _no_prompt(self, node: tree.Expr) -> Type:
        """Refuse `turns` where no prompt is. Errors: LOT-E0411."""
        message, help = "`turns` makes turns of a prompt, and this is none", "write `${turns(…)}` in a prompt"
        return self.report.add("LOT-E0411", node.span, message, "no turn", help=help)

    def _named_function(self, node: tree.Name, wanted: Function) -> tuple[Type, Passed]:
        local = self.scope.find(node.name)
        if local is not None and isinstance(local.type, Function):
            kind = local.type
            self._check_function(node, kind, wanted)
            return kind.result, Param(node.name)
        forms: tuple[Callee, ...] = ()
        if local is None and node.name in self.declared.functions:
            forms = (self.declared.functions[node.name],)
        elif local is None and node.name not in self.declared.nodes.places:
            forms = prelude().get(node.name, ())
        if not forms:
            found = self.expr(node)
            if found != UNKNOWN:
                help = "name a function, or write `x => …`"
                self.report.add(
                    "LOT-E0308", node.span, f"a function is needed, this is `{found}`", "no function", help=help
                )
            return UNKNOWN, Named("")
        if forms == prelude()[HISTORY]:
            return self._no_prompt(node), Named("")
        for form in forms:
            result = self._applied(node, form, wanted)
            if result is not None:
                self.note(node, Function(wanted.params, result))
                return result, Named(node.name)
        self._bad_function(node, wanted, str(forms[0]))
        return UNKNOWN, Named("")

    def _applied(self, node: tree.Name, form: Callee, wanted: Function) -> Type | None:
        """Give the result of a function for what it will be passed; None if it can't take that."""
        required = [p for p in form.params if not p.is_optional]
        if not len(required) <= len(wanted.params) <= len(form.params):
            return None
        if any(isinstance(p.type, Function) for p in required):
            return None
        bound: Bindings = {}
        for p, given in zip(form.params, wanted.params, strict=False):
            if not unify(p.type, given, bound) or not fits(given, substitute(p.type, bound)):
                return None
        result = self._settled(form.result or UNKNOWN, bound)
        if not open_variables(wanted.result) and not fits(result, wanted.result):
            return None
        if form.span is not None:
            self._note_uses(Application(form, [], node.span, bound))
        return result

    def _check_function(self, node: tree.Name, have: Function, wanted: Function) -> None:
        is_open = bool(open_variables(wanted.result))
        want = Function(wanted.params, UNKNOWN if is_open else wanted.result)
        if not fits(have, want):
            self._bad_function(node, wanted, str(have))
        self.note(node, have)

    def _bad_function(self, node: tree.Name, wanted: Function, have: str) -> None:
        message = f"`{node.name}` can't be passed as `{closed(wanted)}`"
        self.report.add("LOT-E0308", node.span, message, f"this is `{have}`", help="pass a function of that shape")

    def _note_uses(self, call: Application) -> None:
        for variable in call.callee.variables:
            kind = call.bound.get(variable, UNKNOWN)
            caller = self.frame.function or ""
            self.demands.uses.append(Use(caller, call.callee.name, variable[1:], kind, call.span))

    def _settled(self, result: Type, bound: Bindings) -> Type:
        found = substitute(result, bound)
        left = open_variables(found)
        return substitute(found, dict.fromkeys(left, types.NEVER)) if left else found


def _place(callee: Callee, at: int, arg: Node, taken: list[Parameter], is_late: bool) -> Parameter | Problem:
    """Find the parameter of an argument, or what is wrong: code, place, message, help."""
    span = arg.span
    if isinstance(arg, tree.Spread):
        return ("LOT-E0305", span, "`..` stands in lists and records only", "a spread", "pass the values one by one")
    if not isinstance(arg, tree.NamedArg):
        if is_late:
            return (
                "LOT-E0305",
                span,
                "a value without a name stands after a named one",
                "no name",
                "put it first, or name it",
            )
        if at >= len(callee.params):
            most = len(callee.params)
            message = f"`{callee.name}` takes {most or 'no'} {'value' if most == 1 else 'values'}"
            return ("LOT-E0305", span, message, "one too many", f"it is `{callee}`")
        return callee.params[at]
    param = next((p for p in callee.params if p.name == arg.name and p.name), None)
    if param is None:
        close = close_name(arg.name, [p.name for p in callee.params])
        help = f"write `{close}`" if close else f"it is `{callee}`"
        return ("LOT-E0216", arg.span, f"`{callee.name}` has no parameter `{arg.name}`", "no such parameter", help)
    if any(param is p for p in taken):
        return ("LOT-E0305", arg.span, f"`{arg.name}` is given twice", "again here", "give it once")
    return param


def _lacking(node: tree.Call, callee: Callee, missing: list[Parameter]) -> Problem:
    name = missing[0].name
    message = (
        f"`{name}` of `{callee.name}` is not given" if name else f"`{callee.name}` takes {len(callee.params)} values"
    )
    is_of_all = callee in prelude().get(callee.name, ())
    help = habits.LACKING.get(callee.name, f"it is `{callee}`") if is_of_all else f"it is `{callee}`"
    return ("LOT-E0305", node.span, message, "lacks a value", help)


def span_of_param(node: tree.Lambda) -> Span:
    """Give the span of a lambda's parameter."""
    return Span(node.span.source, node.span.start, node.span.start + len(node.param))
