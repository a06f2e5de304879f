"""Inference of calls: of functions, of generic ones, of the prelude's, of records; and of functions as arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lotterylang.check import habits, types
from lotterylang.check.declared import Callee, Parameter, prelude
from lotterylang.check.effects import Calling, Named, Param, Passed
from lotterylang.check.names import close_name
from lotterylang.check.operators import Operators
from lotterylang.check.relations import fits
from lotterylang.check.traits import Trait, Use
from lotterylang.check.types import UNKNOWN, Function, Type
from lotterylang.check.unify import Bindings, open_variables, opened, substitute, unify
from lotterylang.syntax import tree
from lotterylang.syntax.source import Span
from lotterylang.syntax.tree.node import Node

Argument = tree.Expr | tree.Lambda
ASKED: Mapping[str, tuple[Trait, str]] = {"count": ("key", "?T"), "group": ("key", "?U"), "put": ("key", "?K")}
ORDERING = ("max", "min", "sort")


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


class Calls(Operators):
    """Calls and what stands in them."""

    def _call(self, node: tree.Call, want: Type | None) -> Type:
        function = node.function
        if isinstance(function, tree.TypeValue):
            return self._build(node, function)
        if isinstance(function, tree.Name):
            return self._call_name(node, function, want)
        if isinstance(function, tree.Attribute):
            return self._method(node, function)
        self._judge_loosely(node)
        return self.report.add(
            "LOT-E0306", function.span, "this is no function", "called", help="call a function by its name"
        )

    def _call_name(self, node: tree.Call, function: tree.Name, want: Type | None) -> Type:
        name = function.name
        local = self.scope.find(name)
        if local is not None:
            if isinstance(local.type, Function):
                return self._call_param(node, name, local.type)
            self._judge_loosely(node)
            if isinstance(local.type, types.Unknown):
                return UNKNOWN
            others = ((local.span, "bound here"),)
            help = f"rename it: it hides the function `{name}`" if name in prelude() else "call a function by its name"
            message = f"`{name}` is `{local.type}`, not a function"
            return self.report.add("LOT-E0306", function.span, message, "called", help=help, others=others)
        if name in self.declared.functions:
            return self._call_one(node, self.declared.functions[name], want)
        if name in self.declared.nodes.places:
            self._judge_loosely(node)
            place = self.declared.nodes.places[name]
            message, others = f"`{name}` is no function", ((place, "declared here"),)
            return self.report.add("LOT-E0306", function.span, message, "called", help="call a function", others=others)
        if name in prelude():
            return self._call_prelude(node, prelude()[name])
        self._judge_loosely(node)
        return self.undefined(function)

    def _call_param(self, node: tree.Call, name: str, kind: Function) -> Type:
        params = tuple(Parameter("", p) for p in kind.params)
        call = self._matched(node, Callee(name, params, kind.result))
        if call is None:
            return kind.result
        self._fill(call)
        self.frame.trace.atoms.append(Calling(Param(name), {}, node.span))
        return kind.result

    def _call_one(self, node: tree.Call, callee: Callee, want: Type | None) -> Type:
        result = UNKNOWN if callee.result is None else callee.result
        call = self._matched(node, callee)
        if call is None:
            return UNKNOWN if open_variables(result) else result
        self._fill(call)
        if callee.span is not None:
            self.frame.trace.atoms.append(Calling(Named(callee.name), call.passed, node.span))
            self._note_uses(call)
        return self._settled(result, call.bound)

    def _note_uses(self, call: Application) -> None:
        for variable in call.callee.variables:
            kind = call.bound.get(variable, UNKNOWN)
            caller = self.frame.function or ""
            self.demands.uses.append(Use(caller, call.callee.name, variable[1:], kind, call.span))

    def _settled(self, result: Type, bound: Bindings) -> Type:
        found = substitute(result, bound)
        left = open_variables(found)
        return substitute(found, dict.fromkeys(left, types.NEVER)) if left else found

    # the prelude

    def _call_prelude(self, node: tree.Call, forms: tuple[Callee, ...]) -> Type:
        if len(forms) == 1:
            call = self._matched(node, forms[0])
            if call is None:
                return UNKNOWN
            self._fill(call)
        else:
            chosen = self._chosen_form(node, forms)
            if chosen is None:
                return UNKNOWN
            call = chosen
            self._pass_functions(call)
        self._ask_prelude(call)
        for passed in call.passed.values():
            self._must_be_pure(passed, call)
        return self._settled(call.callee.result or UNKNOWN, call.bound)

    def _chosen_form(self, node: tree.Call, forms: tuple[Callee, ...]) -> Application | None:
        """Choose the first form of a function of the prelude that fits the arguments. Errors: LOT-E0312."""
        calls = [call for form in forms if (call := self._matched(node, form, quietly=True)) is not None]
        kinds: dict[int, Type] = {}
        for arg in node.args:
            value = arg.value if isinstance(arg, tree.NamedArg | tree.Spread) else arg
            takes = [p.type for call in calls for p, a in call.pairs if a is value]
            if not isinstance(value, tree.Lambda) and not any(isinstance(kind, Function) for kind in takes):
                kinds[id(value)] = self.expr(value)
        for call in calls:
            if self._takes(call, kinds):
                return call
        shown = ", ".join(f"`{kind}`" for kind in kinds.values())
        if calls and any(isinstance(kind, types.Maybe) for kind in kinds.values()):
            shown += " (which may be none)"
        help = "write " + " or ".join(f"`{form}`" for form in forms)
        message = f"`{forms[0].name}` does not take {shown or 'no values'}"
        self.report.add("LOT-E0312", node.span, message, help=help)
        return None

    def _takes(self, call: Application, kinds: Mapping[int, Type]) -> bool:
        for param, arg in call.pairs:
            if isinstance(param.type, Function):
                continue
            kind = kinds.get(id(arg), UNKNOWN)
            if not unify(param.type, kind, call.bound) or not fits(kind, call.kind_of(param)):
                call.bound.clear()
                return False
        return True

    def _ask_prelude(self, call: Application) -> None:
        """Ask of types what a function of the prelude needs: a key, an order."""
        name = call.callee.name
        if name in ASKED:
            trait, variable = ASKED[name]
            self.demand(trait, call.bound.get(variable, UNKNOWN), call.span)
        elif name in ORDERING:
            has_by = any(param.name == "by" for param, _ in call.pairs)
            self.demand("order", call.bound.get("?U" if has_by else "?T", UNKNOWN), call.span)

    def _must_be_pure(self, passed: Passed, call: Application) -> None:
        with self.pure(f"a function passed to `{call.callee.name}`"):
            if isinstance(passed, Named | Param):
                self.frame.trace.atoms.append(Calling(passed, {}, call.span))
            else:
                self.frame.trace.atoms.append(passed)

    # arguments

    def _matched(self, node: tree.Call, callee: Callee, *, quietly: bool = False) -> Application | None:
        """Pair arguments and parameters. Errors (unless quietly): LOT-E0216, LOT-E0305; then all else is judged too."""
        pairs: list[tuple[Parameter, Argument]] = []
        problem: tuple[str, Span, str, str] | None = None
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
            code, span, message, help = problem
            others = ((callee.span, "declared here"),) if callee.span is not None else ()
            others = tuple((Span(s.source, s.start, min(s.end, s.start + 3 + len(callee.name))), t) for s, t in others)
            self.report.add(code, span, message, help=help, others=others)
            self._judge_loosely(node)
        return None

    def _judge_loosely(self, node: tree.Call) -> None:
        """Judge the arguments of a call that is in error itself, for errors of their own."""
        for arg in node.args:
            value = arg.value if isinstance(arg, tree.NamedArg | tree.Spread) else arg
            is_function = isinstance(value, tree.Lambda) or (
                isinstance(value, tree.Name) and (value.name in self.declared.functions or value.name in prelude())
            )
            if not is_function and not isinstance(value, tree.Lambda):
                self.expr(value)

    def _fill(self, call: Application) -> None:
        """Judge the arguments: values first, since they settle what the functions are given."""
        for param, arg in call.pairs:
            if isinstance(param.type, Function):
                continue
            if isinstance(arg, tree.Lambda):
                help = f"`{param.name}` takes a `{call.kind_of(param)}`" if param.name else "pass a value"
                self.report.add("LOT-E0308", arg.span, "a function can't stand here", "a function", help=help)
                continue
            kind = call.kind_of(param)
            found = self.expr(arg, None if open_variables(kind) else kind)
            settled = unify(param.type, found, call.bound)
            if not settled or not fits(found, call.kind_of(param)):
                self.mismatch(arg, found, substitute(call.kind_of(param), {}))
        self._pass_functions(call)

    def mismatch(self, node: tree.Expr, have: Type, want: Type) -> Type:
        """Say that a type does not fit. Errors: LOT-E0301, LOT-E0323, LOT-E0326."""
        raise NotImplementedError

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
            self.report.add("LOT-E0317", node.span, message, help=help)
            wanted = Function((UNKNOWN,) * len(wanted.params), wanted.result)
        if isinstance(node, tree.Lambda):
            return self._lambda(node, wanted)
        if isinstance(node, tree.Name):
            return self._named_function(node, wanted)
        kind = self.expr(node)
        if kind != UNKNOWN:
            help = "name a function, or write `x => …`"
            self.report.add("LOT-E0308", node.span, f"a function is needed, this is `{kind}`", help=help)
        return UNKNOWN, Named("")

    def _lambda(self, node: tree.Lambda, wanted: Function) -> tuple[Type, Passed]:
        if len(wanted.params) != 1:
            message = f"`{node.param} => …` takes one value, {len(wanted.params)} are passed"
            self.report.add("LOT-E0308", node.span, message, help="name a function that takes them")
        given = wanted.params[0] if len(wanted.params) == 1 else UNKNOWN
        result = None if open_variables(wanted.result) else wanted.result
        with self.apart() as trace, self.inside("lambda"), self.scope.block():
            self.bind(node.param, given, span_of_param(node))
            found = self.body(node.body, result)
        self.note(node, Function((given,), found))
        return found, trace

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
                self.report.add("LOT-E0308", node.span, f"a function is needed, this is `{found}`", help=help)
            return UNKNOWN, Named("")
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
        shown = str(wanted).replace("?", "") if open_variables(wanted) else str(wanted)
        message = f"`{node.name}` can't be passed as `{shown}`"
        self.report.add("LOT-E0308", node.span, message, f"this is `{have}`", help="pass a function of that shape")

    # records

    def _build(self, node: tree.Call, name: tree.TypeValue) -> Type:
        kind = self.declared.written.types.get(name.name)
        if not isinstance(kind, types.Record):
            self._judge_loosely(node)
            if kind is None:
                return self.undefined_type(name)
            return kind if kind == UNKNOWN else self._no_record(name, kind)
        declaration = self.declared.nodes.types[name.name]
        variables = () if isinstance(declaration, tree.Enum) else declaration.variables
        callee = _builder(name.name, kind, variables)
        spread, named = self._parts_of_record(node, callee)
        call = Application(callee, [(p, v) for p, v, _ in named], node.span)
        self._fill(call)
        self._fill_spread(call, spread)
        given = {p.name for p in (p for p, _ in call.pairs)}
        missing = [p.name for p in callee.params if p.name not in given and p.name not in self._spread_names(spread)]
        if missing:
            self._lacks_fields(node, name.name, missing)
        found = self._settled(callee.result or UNKNOWN, call.bound)
        if variables and isinstance(found, types.Record):
            shown = ", ".join(str(call.bound.get(f"?{v}", UNKNOWN)) for v in variables)
            return types.Record(f"{name.name}<{shown}>", found.fields)
        return found

    def _no_record(self, name: tree.TypeValue, kind: Type) -> Type:
        help = (
            f"write `{kind.name}.{kind.cases[0][0]}`"
            if isinstance(kind, types.Enum) and kind.cases
            else "write the value"
        )
        return self.report.add("LOT-E0306", name.span, f"`{name.name}` is no record", "called", help=help)

    def _parts_of_record(
        self, node: tree.Call, callee: Callee
    ) -> tuple[tree.Spread | None, list[tuple[Parameter, Argument, Span]]]:
        """Sort what a record is built from. Errors: LOT-E0210, LOT-E0305, LOT-E0309."""
        spread: tree.Spread | None = None
        named: dict[str, tuple[Parameter, Argument, Span]] = {}
        fields = {p.name: p for p in callee.params}
        for arg in node.args:
            if isinstance(arg, tree.Spread):
                if spread is not None:
                    self.report.add("LOT-E0305", arg.span, "a record is spread once", "again", help="name the fields")
                spread = spread or arg
            elif not isinstance(arg, tree.NamedArg):
                example = ", ".join(f"{p.name} = …" for p in callee.params[:4])
                message, help = "the fields of a record are named", f"write `{callee.name}({example})`"
                self.report.add("LOT-E0309", arg.span, message, "no name", help=help)
                for p in callee.params:
                    named.setdefault(p.name, (Parameter(p.name, UNKNOWN), arg, arg.span))
            elif arg.name not in fields:
                self._no_such_field(arg, callee.name, list(fields))
            elif arg.name in named:
                self.report.add(
                    "LOT-E0305", arg.span, f"`{arg.name}` is given twice", "again here", help="give it once"
                )
            else:
                named[arg.name] = (fields[arg.name], arg.value, arg.span)
        return spread, list(named.values())

    def _no_such_field(self, arg: tree.NamedArg, name: str, fields: list[str]) -> None:
        close = close_name(arg.name, fields)
        help = f"write `{close}`" if close else f"its fields are {', '.join(f'`{f}`' for f in fields[:8])}"
        place = self.declared.place(name)
        others = ((place, "declared here"),) if place is not None else ()
        message = f"`{name}` has no field `{arg.name}`"
        self.report.add("LOT-E0210", arg.span, message, "no such field", help=help, others=others)
        if not isinstance(arg.value, tree.Lambda):
            self.expr(arg.value)

    def _spread_names(self, spread: tree.Spread | None) -> set[str]:
        kind = self.types.get(id(spread.value)) if spread is not None else None
        return {f.name for f in kind.fields} if isinstance(kind, types.Record) else set()

    def _fill_spread(self, call: Application, spread: tree.Spread | None) -> None:
        if spread is None:
            return
        kind = self.expr(spread.value)
        given = {param.name for param, _ in call.pairs}
        if not isinstance(kind, types.Record):
            if kind != UNKNOWN:
                message = f"`..` copies a record here, this is `{kind}`"
                self.report.add("LOT-E0301", spread.value.span, message, help="spread a record")
            call.pairs += [(p, spread.value) for p in call.callee.params if p.name not in given]
            return
        fields = {p.name: p for p in call.callee.params}
        for f in kind.fields:
            param = fields.get(f.name)
            if param is None:
                message = f"`{call.callee.name}` has no field `{f.name}`"
                self.report.add("LOT-E0210", spread.span, message, f"this is `{kind}`", help="name the fields instead")
            elif f.name not in given:
                if not unify(param.type, f.type, call.bound) or not fits(f.type, call.kind_of(param)):
                    message = f"the field `{f.name}` is `{f.type}`, `{call.kind_of(param)}` is needed"
                    self.report.add("LOT-E0301", spread.span, message, help=f"give it: `{f.name} = …`")

    def _lacks_fields(self, node: tree.Call, name: str, missing: list[str]) -> None:
        place = self.declared.place(name)
        others = ((place, "declared here"),) if place is not None else ()
        shown = ", ".join(f"`{field}`" for field in missing)
        message = f"{shown} of `{name}` {'is' if len(missing) == 1 else 'are'} not given"
        help = f"write `{name}(…, {missing[0]} = …)`"
        self.report.add("LOT-E0305", node.span, message, help=help, others=others)

    # methods, which there are none of

    def _method(self, node: tree.Call, function: tree.Attribute) -> Type:
        self._judge_loosely(node)
        kind = self.expr(function.target) if not isinstance(function.target, tree.TypeValue) else UNKNOWN
        target = function.target.span.text if len(function.target.span.text) <= 20 else "x"
        if function.name in prelude():
            args = ", ".join([target, *(arg.span.text for arg in node.args if len(arg.span.text) <= 20)])
            help = f"write `{function.name}({args})`"
        else:
            help = habits.METHODS.get(function.name, f"write `{function.name}({target}, …)`")
        message = f"`{kind}` has no methods" if kind != UNKNOWN else "values have no methods"
        return self.report.add("LOT-E0325", function.span, message, "called", help=help)


def _builder(name: str, kind: types.Record, variables: tuple[str, ...]) -> Callee:
    params = tuple(Parameter(f.name, opened(f.type, variables)) for f in kind.fields)
    return Callee(name, params, opened(kind, variables), tuple(f"?{v}" for v in variables))


Problem = tuple[str, Span, str, str]


def _place(callee: Callee, at: int, arg: Node, taken: list[Parameter], is_late: bool) -> Parameter | Problem:
    """Find the parameter of an argument, or what is wrong: code, place, message, help."""
    span = arg.span
    if isinstance(arg, tree.Spread):
        return ("LOT-E0305", span, "`..` stands in lists and records only", "pass the values one by one")
    if not isinstance(arg, tree.NamedArg):
        if is_late:
            return ("LOT-E0305", span, "a value without a name stands after a named one", "put it first, or name it")
        if at >= len(callee.params):
            most = len(callee.params)
            message = f"`{callee.name}` takes {most or 'no'} {'value' if most == 1 else 'values'}"
            return ("LOT-E0305", span, message, f"it is `{callee}`")
        return callee.params[at]
    param = next((p for p in callee.params if p.name == arg.name and p.name), None)
    if param is None:
        close = close_name(arg.name, [p.name for p in callee.params])
        help = f"write `{close}`" if close else f"it is `{callee}`"
        return ("LOT-E0216", arg.span, f"`{callee.name}` has no parameter `{arg.name}`", help)
    if any(param is p for p in taken):
        return ("LOT-E0305", arg.span, f"`{arg.name}` is given twice", "give it once")
    return param


def _lacking(node: tree.Call, callee: Callee, missing: list[Parameter]) -> Problem:
    name = missing[0].name
    message = (
        f"`{name}` of `{callee.name}` is not given" if name else f"`{callee.name}` takes {len(callee.params)} values"
    )
    return ("LOT-E0305", node.span, message, f"it is `{callee}`")


def span_of_param(node: tree.Lambda) -> Span:
    """Give the span of a lambda's parameter."""
    return Span(node.span.source, node.span.start, node.span.start + len(node.param))
