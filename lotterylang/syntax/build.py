"""Lark's parse tree to the project's own. One method a grammar rule, of the same name.

`rules.py` calls the methods, parts before the whole: here `self.build` only looks up what is made already. Next door:
`parser.py` calls `Builder`.
"""

from __future__ import annotations

from typing import Any, cast

from lark import Token, Tree

from lotterylang.syntax import tree
from lotterylang.syntax.build_blocks import BlockRules
from lotterylang.syntax.build_tests import TestRules
from lotterylang.syntax.rules import Children, data_of


class Builder(BlockRules, TestRules):
    """Turns parse trees of one source into nodes."""

    def start(self, t: Tree[Token]) -> tree.Module:
        return tree.Module(self.source, tuple(self.build(child) for child in t.children))

    # declarations

    def import_(self, t: Tree[Token]) -> tree.Import:
        parts = Children(t)
        path, file = parts.tree("path"), parts.tree("literal")
        name = parts.token("NAME")
        return tree.Import(self.span(t), self.dotted(path), self.literal(file) if file else None, name)

    def uses(self, t: Tree[Token]) -> tree.Uses:
        parts = Children(t)
        is_pure = parts.token("PURE") is not None
        tool, args = self.dotted(parts.tree("path")) or "", self.args_of(parts.tree("args")) or ()
        return tree.Uses(self.span(t), tool, args, is_pure)

    def model(self, t: Tree[Token]) -> tree.Model:
        name, value = t.children
        return tree.Model(self.span(t), str(name), self.build(value))

    def index(self, t: Tree[Token]) -> tree.Index:
        name, value = t.children
        return tree.Index(self.span(t), str(name), self.build(value))

    def memory(self, t: Tree[Token]) -> tree.Memory:
        parts = Children(t)
        name, written = parts.token("NAME"), parts.tree("type")
        path, args = parts.tree("path"), parts.tree("args")
        start = self.build(parts.rest[0]) if parts.rest else None
        kept = self.dotted(path)
        return tree.Memory(self.span(t), name or "", self.type(written), start, kept, self.args_of(args) or ())

    def tool(self, t: Tree[Token]) -> tree.Tool:
        name, params, result, value = t.children
        return tree.Tool(self.span(t), str(name), self.params(params), self.type(result), self.build(value))

    def record_declaration(self, t: Tree[Token]) -> tree.RecordDeclaration:
        parts = Children(t)
        name, variables = parts.token("TYPE"), self.names_of(parts.tree("type_variables"))
        return tree.RecordDeclaration(self.span(t), name or "", variables, self.all(parts.rest))

    def alias_declaration(self, t: Tree[Token]) -> tree.AliasDeclaration:
        parts = Children(t)
        name, variables = parts.token("TYPE"), self.names_of(parts.tree("type_variables"))
        return tree.AliasDeclaration(self.span(t), name or "", variables, self.build(parts.rest[0]))

    def field(self, t: Tree[Token]) -> tree.Field:
        name, refined = t.children
        return tree.Field(self.span(t), str(name), self.build(refined))

    def enum(self, t: Tree[Token]) -> tree.Enum:
        name, *cases = t.children
        return tree.Enum(self.span(t), str(name), self.all(cases))

    def case(self, t: Tree[Token]) -> tree.Case:
        name, *written = t.children
        return tree.Case(self.span(t), str(name), self.literal(written[0]) if written else None)

    def logic(self, t: Tree[Token]) -> tree.Logic:
        name, params, *relations, body = t.children
        text, program = (str(body)[1:-1], None) if isinstance(body, Token) else ("", self.build(body))
        return tree.Logic(self.span(t), str(name), self.params(params), self.all(relations), text, program)

    def logic_program(self, t: Tree[Token]) -> tree.LogicProgram:
        path, rules = t.children
        return tree.LogicProgram(self.span(t), self.dotted(path) or "", str(rules))

    def relation(self, t: Tree[Token]) -> tree.Relation:
        name, *items = t.children
        return tree.Relation(self.span(t), str(name), tuple(self.type(item) for item in items))

    def fn(self, t: Tree[Token]) -> tree.Fn:
        parts = Children(t)
        name, variables = parts.token("NAME"), self.names_of(parts.tree("type_variables"))
        params, result = self.params(parts.tree("params")), parts.tree("refined")
        block = self.build(parts.tree("block"))
        return tree.Fn(self.span(t), name or "", variables, params, self.build(result) if result else None, block)

    def params(self, t: Any) -> tuple[tree.Param, ...]:
        return self.all(t.children)

    def param(self, t: Tree[Token]) -> tree.Param:
        name, refined, *default = t.children
        return tree.Param(self.span(t), str(name), self.build(refined), self.build(default[0]) if default else None)

    def solver(self, t: Tree[Token]) -> tree.Solver:
        name, params, result, *clauses = t.children
        return tree.Solver(self.span(t), str(name), self.params(params), self.build(result), self.all(clauses))

    def budget(self, t: Tree[Token]) -> tree.Clause:
        return tree.Clause(self.span(t), "budget", limits=self.all(t.children))

    def limit(self, t: Tree[Token]) -> tree.Limit:
        name, value = t.children
        return tree.Limit(self.span(t), str(name), self.build(value))

    def external(self, t: Tree[Token]) -> tree.Clause:
        subject, *arms = t.children
        return tree.Clause(self.span(t), "external", self.build(subject), arms=self.all(arms))

    def divide_clause(self, t: Tree[Token]) -> tree.Clause:
        mode, parts, *when = t.children
        condition = self.build(when[0]) if when else None
        return tree.Clause(self.span(t), "divide", self.build(parts), mode=self.word(mode), when=condition)

    def trials(self, t: Tree[Token]) -> tree.Clause:
        count, *until = t.children
        return tree.Clause(self.span(t), "trials", self.build(count), until_passed=bool(until))

    def value_clause(self, t: Tree[Token]) -> tree.Clause:
        return tree.Clause(self.span(t), data_of(t), self.build(t.children[0]))

    def place_clause(self, t: Tree[Token]) -> tree.Clause:
        return tree.Clause(self.span(t), data_of(t), place=self.build(t.children[0]))

    def requests(self, t: Tree[Token]) -> tree.Clause:
        value, *place = t.children
        return tree.Clause(self.span(t), "requests", self.build(value), self.build(place[0]) if place else None)

    combine = direct = verify = select = value_clause
    recall = store = place_clause

    # types

    def refined(self, t: Tree[Token]) -> tree.Refined:
        written, *where = t.children
        return tree.Refined(self.span(t), self.type(written), self.build(where[0]) if where else None)

    def type(self, t: Any) -> tree.Type:
        options = self.all(t.children)
        return cast("tree.Type", options[0] if len(options) == 1 else tree.TypeUnion(self.span(t), options))

    def maybe(self, t: Tree[Token]) -> tree.TypeMaybe:
        return tree.TypeMaybe(self.span(t), self.build(t.children[0]))

    def type_name(self, t: Tree[Token]) -> tree.TypeName:
        name, *arguments = t.children
        written = str(name) if isinstance(name, Token) else self.dotted(name) or ""
        return tree.TypeName(self.span(t), written, tuple(self.type(a) for a in arguments))

    def type_literal(self, t: Tree[Token]) -> tree.TypeLiteral:
        return tree.TypeLiteral(self.span(t), self.literal(t.children[0]))

    def type_tuple(self, t: Tree[Token]) -> tree.TypeTuple:
        return tree.TypeTuple(self.span(t), tuple(self.type(item) for item in t.children))

    def type_fn(self, t: Tree[Token]) -> tree.TypeFn:
        *params, result = self.all(t.children)
        return tree.TypeFn(self.span(t), tuple(params), cast("tree.Type", result))

    # values

    def name(self, t: Tree[Token]) -> tree.Name:
        return tree.Name(self.span(t), str(t.children[0]))

    def type_value(self, t: Tree[Token]) -> tree.TypeValue:
        return tree.TypeValue(self.span(t), str(t.children[0]))

    def number(self, t: Tree[Token]) -> tree.Number:
        return tree.Number(self.span(t), self.number_of(t.children[0]))

    def constant(self, t: Tree[Token]) -> tree.Constant:
        return tree.Constant(self.span(t), {"true": True, "false": False, "none": None}[str(t.children[0])])

    def list(self, t: Tree[Token]) -> tree.List:
        return tree.List(self.span(t), self.all(t.children))

    def map(self, t: Tree[Token]) -> tree.Map:
        pairs = tuple(self.all(cast("Tree[Token]", pair).children) for pair in t.children)
        return tree.Map(self.span(t), cast("Any", pairs))

    def group(self, t: Tree[Token]) -> Any:
        items = self.all(t.children)
        return items[0] if len(items) == 1 else tree.Tuple(self.span(t), items)

    # operators

    def or_expr(self, t: Tree[Token]) -> tree.Or:
        return tree.Or(self.span(t), self.all(t.children))

    def and_expr(self, t: Tree[Token]) -> tree.And:
        return tree.And(self.span(t), self.all(t.children))

    def not_(self, t: Tree[Token]) -> tree.Not:
        return tree.Not(self.span(t), self.build(t.children[0]))

    def comparison(self, t: Tree[Token]) -> tree.Comparison:
        first, *rest = t.children
        operators = [" ".join(map(str, cast("Tree[Token]", c).children)) for c in rest[0::2]]
        return tree.Comparison(
            self.span(t), self.build(first), tuple(zip(operators, self.all(rest[1::2]), strict=True))
        )

    def range(self, t: Tree[Token]) -> tree.Range:
        low, sign, high = t.children
        return tree.Range(self.span(t), self.build(low), self.build(high), str(sign) == "..<")

    def chain(self, t: Tree[Token]) -> tree.Arithmetic:
        first, *rest = t.children
        operators = [str(sign) for sign in rest[0::2]]
        return tree.Arithmetic(
            self.span(t), self.build(first), tuple(zip(operators, self.all(rest[1::2]), strict=True))
        )

    sum = product = chain

    def negative(self, t: Tree[Token]) -> Any:
        value = self.build(t.children[-1])
        if isinstance(value, tree.Number):
            return tree.Number(self.span(t), -value.value)
        return tree.Negative(self.span(t), value)

    def postfix(self, t: Tree[Token]) -> Any:
        node: Any = self.build(t.children[0])
        for trailer in cast("list[Tree[Token]]", t.children[1:]):
            span = self.span(t).to(self.span(trailer))
            match data_of(trailer):
                case "args":
                    node = tree.Call(span, node, self.args_of(trailer) or ())
                case "item":
                    node = tree.Item(span, node, self.build(trailer.children[0]))
                case _:
                    node = tree.Attribute(span, node, str(trailer.children[0]))
        return node

    scored = postfix

    def spread(self, t: Tree[Token]) -> tree.Spread:
        return tree.Spread(self.span(t), self.build(t.children[0]))

    def named_arg(self, t: Tree[Token]) -> tree.NamedArg:
        name, value = t.children
        return tree.NamedArg(self.span(t), str(name), self.build(value))

    def lambda_(self, t: Tree[Token]) -> tree.Lambda:
        param, body = t.children
        return tree.Lambda(self.span(t), str(param), self.build(body))

    def place(self, t: Tree[Token]) -> tree.Place:
        name, *key = t.children
        return tree.Place(self.span(t), str(name), self.build(key[0]) if key else None)
