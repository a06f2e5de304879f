"""The builder's rules for examples and properties. Next door: `build.py`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lark import Token, Tree

from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import Diagnostic, Label, LotError
from lotterylang.syntax.rules import Children, Rules


class TestRules(Rules):
    """Examples, properties and what stands in them."""

    def exact(self, token: Any) -> Fraction:
        return Fraction(self.number_of(token))

    def example(self, t: Tree[Token]) -> tree.Example:
        name, *body = t.children
        return tree.Example(self.span(t), self.literal(name), self.all(body))

    def property(self, t: Tree[Token]) -> tree.Property:
        parts = Children(t)
        name, rate = parts.tree("literal"), parts.tree("always", "rate")
        built = self.all(parts.rest)
        drawn = tuple(node for node in built if isinstance(node, tree.Drawn))
        measured = self.rate(rate) if rate.data == "rate" else None
        return tree.Property(self.span(t), self.literal(name), drawn, measured, built[len(drawn) :])

    def rate(self, t: Tree[Token]) -> tree.Rate:
        parts = Children(t)
        risk = parts.tree("risk")
        least, against, *calls = parts.rest
        most = self.whole(calls[0]) if calls else None
        allowed = self.exact(risk.children[0]) if risk else None
        return tree.Rate(self.span(t), self.exact(least), self.exact(against), allowed, most)

    def drawn_type(self, t: Tree[Token]) -> tree.Drawn:
        name, refined = t.children
        return tree.Drawn(self.span(t), str(name), self.build(refined), None)

    def drawn_value(self, t: Tree[Token]) -> tree.Drawn:
        name, source = t.children
        return tree.Drawn(self.span(t), str(name), None, self.build(source))

    def never_fails(self, t: Tree[Token]) -> tree.NeverFails:
        return tree.NeverFails(self.span(t))

    def given_replies(self, t: Tree[Token]) -> tree.GivenReplies:
        path, *replies = t.children
        return tree.GivenReplies(self.span(t), self.dotted(path) or "", self.all(replies))

    def given_value(self, t: Tree[Token]) -> tree.GivenValue:
        parts = Children(t)
        path, args = parts.tree("path"), parts.tree("args")
        return tree.GivenValue(self.span(t), self.dotted(path) or "", self.args_of(args), self.build(parts.rest[0]))

    def reply(self, t: Tree[Token]) -> tree.ReplyLine:
        pattern, *answers = t.children
        if isinstance(pattern, Token) and pattern != "_":
            label = Label(self.span(pattern), "expected a text or `_`")
            message, help = f"`{pattern}` can't stand here", f'write `"{pattern}"`, a part of the prompt'
            raise LotError(Diagnostic("LOT-E0101", message, label, help=help))
        matched = None if isinstance(pattern, Token) else self.literal(pattern)
        return tree.ReplyLine(self.span(t), matched, self.all(answers))

    def answer_value(self, t: Tree[Token]) -> tree.AnswerValue:
        value, *probability = t.children
        at = self.exact(probability[0]) if probability else None
        return tree.AnswerValue(self.span(t), self.build(value), at)

    def answer_holes(self, t: Tree[Token]) -> tree.AnswerHoles:
        pairs: list[Any] = [(str(hole.children[0]), self.build(hole.children[1])) for hole in t.children]  # type: ignore[union-attr]
        return tree.AnswerHoles(self.span(t), tuple(pairs))

    def answer_failure(self, t: Tree[Token]) -> tree.AnswerFailure:
        return tree.AnswerFailure(self.span(t), str(t.children[0]))

    def expect(self, t: Tree[Token]) -> tree.Expect:
        value, *fails = t.children
        return tree.Expect(self.span(t), self.build(value), str(fails[0]) if fails else None)
