"""Inference of calls: of functions, of parameters that are functions, of the prelude; methods there are none.

Next door: `arguments.py` has what stands in them.
"""

from __future__ import annotations

from collections.abc import Mapping

from lotterylang.check import habits, types
from lotterylang.check.arguments import Application
from lotterylang.check.declared import Callee, Parameter, prelude
from lotterylang.check.effects import Calling, Named, Param, Passed
from lotterylang.check.names import end_of
from lotterylang.check.prelude import HISTORY, OF_CALLS, OF_REPLIES, OF_TESTS
from lotterylang.check.program import ToolDeclaration
from lotterylang.check.records import Records
from lotterylang.check.relations import joined
from lotterylang.check.traits import Trait
from lotterylang.check.types import UNKNOWN, Function, Type
from lotterylang.check.unify import open_variables
from lotterylang.syntax import tree

ASKED: Mapping[str, tuple[Trait, str]] = {
    "count": ("key", "?T"),
    "fit": ("show", "?T"),
    "group": ("key", "?U"),
    "put": ("key", "?K"),
}
"""What a function of the prelude asks of a type variable."""
ORDERING = ("max", "min", "sort")


_CALLS = (types.ToolCall, types.Unknown, types.Never)


class Calls(Records):
    """Calls."""

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
        if name in self.declared.tools:
            return self._filled_tool(node, self.declared.tools[name])
        if name in self.declared.nodes.places:
            self._judge_loosely(node)
            place = self.declared.nodes.places[name]
            message, others = f"`{name}` is no function", ((place, "declared here"),)
            return self.report.add("LOT-E0306", function.span, message, "called", help="call a function", others=others)
        if name in prelude():
            return self._call_prelude(node, prelude()[name])
        self._judge_loosely(node)
        return self.undefined(function)

    def _filled_tool(self, node: tree.Call, tool: ToolDeclaration) -> Type:
        """Judge `calc("2 + 2")`: a tool with its arguments is a value, and CALL runs it."""
        found = types.ToolCall((tool.kind,))
        has_default = [param.default is not None for param in tool.node.params]
        params = zip(tool.kind.params, has_default, strict=True)
        taken = tuple(Parameter(field.name, field.type, is_optional) for field, is_optional in params)
        call = self._matched(node, Callee(tool.name, taken, found))
        if call is not None:
            self._fill(call)
        return found

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

    # the prelude

    def _call_prelude(self, node: tree.Call, forms: tuple[Callee, ...]) -> Type:
        if forms[0].name in OF_TESTS and not self.frame.is_test:
            message, help = f"`{forms[0].name}` stands in tests only", "move it into an `example` or a `property`"
            self.report.add("LOT-E0342", node.span, message, "in the program itself", help=help)
        if forms[0].name == HISTORY and id(node) not in self.histories:
            self._judge_loosely(node)
            return self._no_prompt(node)
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
        if call.callee.name == "replies":
            return self._replies(call)
        return self._settled(call.callee.result or UNKNOWN, call.bound)

    def _replies(self, call: Application) -> Type:
        """Give the type of what a model has replied: what all ASKs of it have in common. Errors: LOT-E0302."""
        asked = call.pairs[0][1]
        name = asked.name if isinstance(asked, tree.Name) else ""
        kinds = [kind for model, kind in self.asked if model in (name, None)]
        found = joined(kinds) if kinds else None
        if found is None:
            message = f"the ASKs of `{name}` fill other holes each" if kinds else f"no ASK is of `{name}`"
            help = "expect something of what the program gives"
            return self.report.add("LOT-E0302", call.span, message, "no common type", help=help)
        return types.List(found)

    def _chosen_form(self, node: tree.Call, forms: tuple[Callee, ...]) -> Application | None:
        """Choose the first form of a function of the prelude that fits the arguments. Errors: LOT-E0312."""
        calls = [call for form in forms if (call := self._matched(node, form, quietly=True)) is not None]
        kinds: dict[int, Type] = {}
        for arg in node.args:
            value = arg.value if isinstance(arg, tree.NamedArg | tree.Spread) else arg
            if isinstance(value, tree.Name) and self._is_model(value):
                kinds[id(value)] = self.note(value, types.MODEL)
            elif not isinstance(value, tree.Lambda) and not self._is_function(value):
                kinds[id(value)] = self.expr(value)
        for call in calls:
            if self._takes(call, kinds):
                return call
        for arg in node.args:
            kind = kinds.get(id(arg))
            if isinstance(kind, types.Maybe) and isinstance(arg, tree.Expr):
                self.perhaps_none(arg, kind)
                return None
        shown = ", ".join(f"`{kind}`" for kind in kinds.values())
        help = "write " + " or ".join(f"`{form}`" for form in forms)
        name = forms[0].name
        if name == "verdict" and [node.span] == [each.span for each in node.args]:  # a solver's clause, as written
            name, help = "verify", "write what is a `bool`, a `Choice<bool>` or a `Verdict`"
        message = f"`{name}` does not take {shown or 'no values'}"
        self.report.add("LOT-E0312", node.span, message, "no form of it fits", help=help)
        return None

    def _is_model(self, node: tree.Name) -> bool:
        local = self.scope.find(node.name)
        return local.type == types.MODEL if local is not None else node.name in self.declared.models

    def _takes(self, call: Application, kinds: Mapping[int, Type]) -> bool:
        for param, arg in call.pairs:
            is_taken = id(arg) not in kinds
            if not isinstance(param.type, Function):
                is_taken = id(arg) in kinds and call.take(param, kinds[id(arg)])
            if not is_taken:
                call.bound.clear()
                return False
        return True

    def _ask_prelude(self, call: Application) -> None:
        """Ask of types what a function of the prelude needs: a key, an order."""
        name = call.callee.name
        if name in ASKED:
            trait, variable = ASKED[name]
            self.demand(trait, call.bound.get(variable, UNKNOWN), call.span)
        elif name in OF_REPLIES and "?T" in call.bound:
            self._see_reply(call, call.bound["?T"])
        elif name == OF_CALLS and not isinstance(kind := call.bound.get("?T", UNKNOWN), _CALLS):
            help = "pass a call of a tool, as `calc(x)` or a value of type `call<…>`"
            self.report.add("LOT-E0312", call.span, f"`{name}` does not take `{kind}`", "no call of a tool", help=help)
        elif name in ORDERING:
            has_by = any(param.name == "by" for param, _ in call.pairs)
            self.demand("order", call.bound.get("?U" if has_by else "?T", UNKNOWN), call.span)

    def _see_reply(self, call: Application, kind: Type) -> None:
        """See that a value may be what an ASK gave. Errors: LOT-E0312."""
        if not isinstance(kind, types.Record | types.Unknown | types.Never):
            name = call.callee.name
            help = "pass what ASK gave, as a whole" + (", or a text" if name == "tokens" else "")
            message = f"`{name}` does not take `{kind}`"
            self.report.add("LOT-E0312", call.span, message, "no reply of a model", help=help)

    def _must_be_pure(self, passed: Passed, call: Application) -> None:
        with self.pure(f"a function passed to `{call.callee.name}`"):
            if isinstance(passed, Named | Param):
                self.frame.trace.atoms.append(Calling(passed, {}, call.span))
            else:
                self.frame.trace.atoms.append(passed)

    # methods

    def _method(self, node: tree.Call, function: tree.Attribute) -> Type:
        self._judge_loosely(node)
        kind = self.expr(function.target) if not isinstance(function.target, tree.TypeValue) else types.NOTHING
        if isinstance(kind, types.Unknown):
            return UNKNOWN
        target = function.target.span.text if len(function.target.span.text) <= 20 else "x"
        if function.name in prelude():
            args = ", ".join([target, *(arg.span.text for arg in node.args if len(arg.span.text) <= 20)])
            help = f"write `{function.name}({args})`"
        else:
            help = habits.METHODS.get(function.name, f"write `{function.name}({target}, …)`")
        message = f"`{kind}` has no methods" if kind != types.NOTHING else "types have no methods"
        at = end_of(function.name, function.span)
        return self.report.add("LOT-E0325", at, message, "called", help=help)
