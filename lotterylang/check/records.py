"""Inference of records built by their name: `Answer(value = "4", source = "")`, `Answer(..a, value = "5")`."""

from __future__ import annotations

from lotterylang.check import types
from lotterylang.check.arguments import Application, Arguments
from lotterylang.check.declared import Callee, Parameter
from lotterylang.check.names import close_name
from lotterylang.check.types import HIT, UNKNOWN, Type
from lotterylang.check.unify import closed, opened
from lotterylang.syntax import tree


class Records(Arguments):
    """Records."""

    def _build(self, node: tree.Call, name: tree.TypeValue) -> Type:
        kind = HIT if name.name == "Hit" else self.declared.written.types.get(name.name)
        if not isinstance(kind, types.Record):
            self._judge_loosely(node)
            if kind is None:
                return self.undefined_type(name)
            return kind if kind == UNKNOWN else self._no_record(name, kind)
        if types.is_hit(kind):
            return self._hit(node, kind)
        declaration = self.declared.nodes.types[name.name]
        variables = () if isinstance(declaration, tree.Enum) else declaration.variables
        call = Application(_builder(name.name, kind, variables), [], node.span)
        if not self._are_named(node, call.callee):
            self._judge_loosely(node)
            return UNKNOWN if variables else kind
        self._fill_record(node, call)
        found = self._settled(call.callee.result or UNKNOWN, call.bound)
        if variables and isinstance(found, types.Record):
            shown = ", ".join(str(call.bound.get(f"?{v}", UNKNOWN)) for v in variables)
            return types.Record(f"{name.name}<{shown}>", found.fields)
        return found

    def _hit(self, node: tree.Call, kind: types.Record) -> Type:
        if self._are_named(node, _builder("Hit", kind, ())):
            self._fill_record(node, Application(_builder("Hit", kind, ()), [], node.span))
        else:
            self._judge_loosely(node)
        return kind

    def _are_named(self, node: tree.Call, callee: Callee) -> bool:
        """See that all fields are named. Errors: LOT-E0309."""
        for arg in node.args:
            if not isinstance(arg, tree.NamedArg | tree.Spread):
                example = ", ".join(f"{p.name} = …" for p in callee.params[:4])
                message, help = "the fields of a record are named", f"write `{callee.name}({example})`"
                self.report.add("LOT-E0309", arg.span, message, "no name", help=help)
                return False
        return True

    def _fill_record(self, node: tree.Call, call: Application) -> None:
        """Judge what a record is built from. Errors: LOT-E0210, LOT-E0301, LOT-E0305."""
        fields = {p.name: p for p in call.callee.params}
        given: set[str] = set()
        spreads: list[tree.Spread] = []
        for arg in node.args:
            if isinstance(arg, tree.Spread):
                spreads.append(arg)
            elif isinstance(arg, tree.NamedArg) and arg.name not in fields:
                self._no_such_field(arg, call.callee.name, list(fields))
            elif isinstance(arg, tree.NamedArg) and arg.name in given:
                message = f"`{arg.name}` is given twice"
                self.report.add("LOT-E0305", arg.span, message, "again here", help="give it once")
            elif isinstance(arg, tree.NamedArg):
                given.add(arg.name)
                call.pairs.append((fields[arg.name], arg.value))
        self._fill(call)
        for spread in spreads[1:]:
            self.report.add("LOT-E0305", spread.span, "a record is spread once", "again", help="name the fields")
        given |= self._fill_spread(call, spreads[0], given) if spreads else set()
        missing = [name for name, field in fields.items() if name not in given and not field.is_optional]
        if missing:
            self._lacks_fields(node, call.callee.name, missing)

    def _no_record(self, name: tree.TypeValue, kind: Type) -> Type:
        is_enum = isinstance(kind, types.Enum)
        help = f"write a case, `{name.name}.…`" if is_enum else "write the value itself"
        return self.report.add("LOT-E0306", name.span, f"`{name.name}` is no record", "called", help=help)

    def _no_such_field(self, arg: tree.NamedArg, name: str, fields: list[str]) -> None:
        close = close_name(arg.name, fields)
        help = f"write `{close}`" if close else f"its fields are {', '.join(f'`{f}`' for f in fields[:8])}"
        place = self.declared.place(name)
        others = ((place, "declared here"),) if place is not None else ()
        message = f"`{name}` has no field `{arg.name}`"
        self.report.add("LOT-E0210", arg.span, message, "no such field", help=help, others=others)
        if not isinstance(arg.value, tree.Lambda):
            self.expr(arg.value)

    def _fill_spread(self, call: Application, spread: tree.Spread, given: set[str]) -> set[str]:
        """Judge the record that is copied. Gives the names of the fields that it brings."""
        kind = self.expr(spread.value)
        fields = {p.name: p for p in call.callee.params}
        if not isinstance(kind, types.Record):
            if kind != UNKNOWN:
                message = f"`..` copies a record here, this is `{kind}`"
                self.report.add("LOT-E0301", spread.value.span, message, "no record", help="spread a record")
            return set(fields)
        for f in kind.fields:
            param = fields.get(f.name)
            if param is None:
                message = f"`{call.callee.name}` has no field `{f.name}`"
                self.report.add("LOT-E0210", spread.span, message, f"this is `{kind}`", help="name the fields instead")
            elif f.name not in given and not call.take(param, f.type):
                message = f"the field `{f.name}` is `{f.type}`, `{closed(param.type)}` is needed"
                self.report.add(
                    "LOT-E0301", spread.span, message, f"brings `{f.type}`", help=f"give it: `{f.name} = …`"
                )
        return {f.name for f in kind.fields}

    def _lacks_fields(self, node: tree.Call, name: str, missing: list[str]) -> None:
        place = self.declared.place(name)
        others = ((place, "declared here"),) if place is not None else ()
        shown = ", ".join(f"`{field}`" for field in missing)
        message = f"{shown} of `{name}` {'is' if len(missing) == 1 else 'are'} not given"
        help = f"write `{name}(…, {missing[0]} = …)`"
        self.report.add("LOT-E0305", node.span, message, "not all fields", help=help, others=others)


def _builder(name: str, kind: types.Record, variables: tuple[str, ...]) -> Callee:
    params = tuple(Parameter(f.name, opened(f.type, variables), f.is_optional) for f in kind.fields)
    return Callee(name, params, opened(kind, variables), tuple(f"?{v}" for v in variables))
