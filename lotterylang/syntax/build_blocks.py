"""The builder's rules for instructions, blocks, statements and texts. Next door: `build.py` has the rest."""

from __future__ import annotations

from typing import Any, cast

from lark import Token, Tree

from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.rules import Children, Rules, data_of
from lotterylang.syntax.texts import line_parts, long_parts


class BlockRules(Rules):
    """Instructions, blocks, statements, texts."""

    # texts

    def text(self, t: Tree[Token]) -> tree.Text:
        parts = [p if isinstance(p, Token) else self.build(p) for p in t.children]
        return tree.Text(self.span(t), line_parts(parts, self.source))

    def prompt(self, t: Tree[Token]) -> tree.Text:
        parts = [p if isinstance(p, Token) else self.build(p) for p in t.children]
        return tree.Text(self.span(t), long_parts(parts, self.source), long=True)

    def text_value(self, t: Tree[Token]) -> tree.Value:
        return tree.Value(self.span(t), self.build(t.children[0]))

    prompt_value = text_value

    def text_hole(self, t: Tree[Token]) -> tree.Hole:
        parts = Children(t)
        name, refined = parts.token("NAME"), self.build(parts.tree("refined"))
        stop, most, lines = parts.tree("hole_stop"), parts.tree("hole_max"), parts.tree("hole_lines")
        for again in parts.rest:
            word = data_of(again).removeprefix("hole_")
            message, label = f"`{word}` is said twice of one hole", Label(self.span(again), "here again")
            raise LotError(Diagnostic("LOT-E0110", message, label, help='keep one; `stop` takes several: `"a" or "b"`'))
        stops = tuple(self.literal(s) for s in stop.children) if stop else ()
        limit = self.whole(most.children[0]) if most else None
        return tree.Hole(self.span(t), name or "", refined, stops, limit, lines is not None)

    prompt_hole = text_hole

    # instructions

    def on_model(self, t: Tree[Token]) -> tree.OnModel:
        name, *args = t.children
        return tree.OnModel(self.span(t), str(name), self.args_of(args[0]) or () if args else ())

    def ask(self, t: Tree[Token]) -> tree.Ask:
        parts = Children(t)
        model = parts.tree("on_model")
        return tree.Ask(self.span(t), self.build(model) if model else None, self.build(parts.rest[0]))

    def choose(self, t: Tree[Token]) -> tree.Choose:
        parts = Children(t)
        model, by, against = parts.tree("on_model"), parts.tree("chosen_by"), parts.tree("chosen_against")
        prompt, options = self.all(parts.rest)
        model, by, against = (self.build(part) if part else None for part in (model, by, against))
        return tree.Choose(self.span(t), model, prompt, options, by, against)

    def chosen_by(self, t: Tree[Token]) -> Any:
        first, *body = cast("list[Any]", t.children)
        if body:
            return tree.Lambda(self.span(first).to(self.span(t)), str(first), self.build(body[0]))
        return tree.Name(self.span(first), self.dotted(first) or "")

    def chosen_against(self, t: Tree[Token]) -> tree.Against:
        slot, values = t.children
        return tree.Against(self.span(t), str(slot), self.build(values))

    def score(self, t: Tree[Token]) -> tree.Score:
        model, text, prompt = self.all(t.children)
        return tree.Score(self.span(t), model, text, prompt)

    def find(self, t: Tree[Token]) -> tree.Find:
        count, index, query, *where = self.all(t.children)
        return tree.Find(self.span(t), count, index, query, where[0] if where else None)

    def call_tool(self, t: Tree[Token]) -> tree.CallTool:
        return tree.CallTool(self.span(t), self.build(t.children[0]))

    def deduce(self, t: Tree[Token]) -> tree.Deduce:
        parts = Children(t)
        mode, path, args = parts.tree("deduced"), parts.tree("path"), parts.tree("args")
        word, *models = mode.children if mode else [None]
        many = self.whole(models[0]) if models else None
        name = self.dotted(path) or ""
        return tree.Deduce(self.span(t), str(word) if word else None, many, name, self.args_of(args) or ())

    def derived(self, t: Tree[Token]) -> tree.Derived:
        deduce, *relation = t.children
        return tree.Derived(self.span(t), self.build(deduce), str(relation[0]) if relation else None)

    def divide(self, t: Tree[Token]) -> tree.Divide:
        mode, parts, solver = t.children
        return tree.Divide(self.span(t), self.word(mode), self.build(parts), self.dotted(solver) or "")

    def endorse(self, t: Tree[Token]) -> tree.Endorse:
        value, written = t.children
        return tree.Endorse(self.span(t), self.build(value), self.build(written))

    # blocks

    def block(self, t: Tree[Token]) -> tree.Block:
        return tree.Block(self.span(t), self.all(t.children))

    def entry(self, t: Tree[Token]) -> tree.Block:
        return tree.Block(self.span(t), self.all(t.children))

    def if_(self, t: Tree[Token]) -> tree.If:
        parts = Children(t)
        otherwise = parts.tree("otherwise")
        built = self.all(parts.rest)
        branches = tuple(zip(built[0::2], built[1::2], strict=True))
        return tree.If(self.span(t), branches, self.build(otherwise.children[0]) if otherwise else None)

    def match_(self, t: Tree[Token]) -> tree.Match:
        subject, *arms = self.all(t.children)
        return tree.Match(self.span(t), subject, tuple(arms))

    def arm(self, t: Tree[Token]) -> tree.Arm:
        pattern, *guard, body = self.all(t.children)
        return tree.Arm(self.span(t), pattern, guard[0] if guard else None, body)

    def pattern(self, t: Tree[Token]) -> Any:
        options = self.all(t.children)
        return options[0] if len(options) == 1 else tree.EitherPattern(self.span(t), options)

    def call_pattern(self, t: Tree[Token]) -> tree.CallPattern:
        name, *params = map(str, t.children)
        return tree.CallPattern(self.span(t), name, tuple(params))

    def case_pattern(self, t: Tree[Token]) -> tree.CasePattern:
        *enum, name = map(str, t.children)
        return tree.CasePattern(self.span(t), name, enum[0] if enum else None)

    def type_pattern(self, t: Tree[Token]) -> tree.TypePattern:
        kind, *name = t.children
        written = str(kind) if isinstance(kind, Token) else self.dotted(kind) or ""
        return tree.TypePattern(self.span(t), written, str(name[0]) if name else None)

    def literal_pattern(self, t: Tree[Token]) -> tree.ConstantPattern:
        return tree.ConstantPattern(self.span(t), self.literal(t.children[0]))

    def number_pattern(self, t: Tree[Token]) -> tree.ConstantPattern:
        value = self.number_of(t.children[-1])
        return tree.ConstantPattern(self.span(t), -value if len(t.children) > 1 else value)

    def constant_pattern(self, t: Tree[Token]) -> tree.ConstantPattern:
        return tree.ConstantPattern(self.span(t), {"true": True, "false": False, "none": None}[str(t.children[0])])

    def tuple_pattern(self, t: Tree[Token]) -> tree.TuplePattern:
        return tree.TuplePattern(self.span(t), self.all(t.children))

    def each(self, t: Tree[Token]) -> tree.Each:
        binder, source = t.children
        return tree.Each(self.span(t), self.binder(binder), self.build(source))

    def for_(self, t: Tree[Token]) -> tree.For:
        parts = Children(t)
        in_order, block = parts.tree("in_order"), self.build(parts.tree("block"))
        built = self.all(parts.rest)
        each = tuple(node for node in built if isinstance(node, tree.Each))
        condition = built[len(each)] if len(built) > len(each) else None
        return tree.For(self.span(t), each, condition, block, in_order is not None)

    def fold(self, t: Tree[Token]) -> tree.Fold:
        binder, *rest = t.children
        parts = Children(Tree("fold", rest))
        written, each = parts.tree("type"), parts.tree("each")
        until, block = parts.tree("fold_until"), parts.tree("block")
        return tree.Fold(
            self.span(t),
            self.binder(binder),
            self.build(written) if written else None,
            self.build(parts.rest[0]),
            self.build(each),
            self.build(until.children[0]) if until else None,
            self.build(block),
        )

    def within(self, t: Tree[Token]) -> tree.Within:
        *limits, block = self.all(t.children)
        return tree.Within(self.span(t), tuple(limits), block)

    def retry(self, t: Tree[Token]) -> tree.Retry:
        parts = Children(t)
        name, block = parts.token("NAME"), parts.tree("block")
        return tree.Retry(self.span(t), self.build(parts.rest[0]), name, self.build(block))

    def try_(self, t: Tree[Token]) -> tree.Try:
        body, *catches = self.all(t.children)
        return tree.Try(self.span(t), body, tuple(catches))

    def try_in(self, t: Tree[Token]) -> tree.TryIn:
        each, body, *catches = self.all(t.children)
        return tree.TryIn(self.span(t), each, body, tuple(catches))

    def catch(self, t: Tree[Token]) -> tree.Catch:
        parts = Children(t)
        block = self.build(parts.tree("block"))
        name = parts.token("NAME")
        return tree.Catch(self.span(t), tuple(map(str, parts.rest)), name, block)

    # statements

    def let(self, t: Tree[Token]) -> tree.Let:
        binder, *rest = t.children
        *refined, value = self.all(rest)
        return tree.Let(self.span(t), self.binder(binder), refined[0] if refined else None, value)

    def read(self, t: Tree[Token]) -> tree.Read:
        place, binder, *default = t.children
        otherwise = self.build(default[0]) if default else None
        return tree.Read(self.span(t), self.build(place), self.binder(binder), otherwise)

    def write(self, t: Tree[Token]) -> tree.Write:
        value, place, *if_empty = t.children
        return tree.Write(self.span(t), self.build(value), self.build(place), bool(if_empty))

    def copy(self, t: Tree[Token]) -> tree.Copy:
        return tree.Copy(self.span(t), *self.all(t.children))

    def mov(self, t: Tree[Token]) -> tree.Mov:
        return tree.Mov(self.span(t), *self.all(t.children))

    def jump(self, t: Tree[Token]) -> tree.Jump:
        label, *condition = t.children
        return tree.Jump(self.span(t), str(label), self.build(condition[0]) if condition else None)

    def label(self, t: Tree[Token]) -> tree.Label:
        return tree.Label(self.span(t), str(t.children[0])[:-1])

    def ensure(self, t: Tree[Token]) -> tree.Ensure:
        return tree.Ensure(self.span(t), *self.all(t.children))

    def fail(self, t: Tree[Token]) -> tree.Fail:
        return tree.Fail(self.span(t), *self.all(t.children))

    def return_(self, t: Tree[Token]) -> tree.Return:
        return tree.Return(self.span(t), *self.all(t.children))
