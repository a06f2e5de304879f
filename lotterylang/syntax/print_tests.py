"""The printer's forms for examples and properties. Next door: `printer.py` has the rest."""

from __future__ import annotations

import re
from fractions import Fraction

from lotterylang.syntax import print_rules as ranks
from lotterylang.syntax import tree
from lotterylang.syntax.layout import Doc, cat, first_text, join
from lotterylang.syntax.print_blocks import lines
from lotterylang.syntax.print_expressions import args, numeral
from lotterylang.syntax.print_rules import Docs, Form, braced, bracketed, optional, series
from lotterylang.syntax.print_texts import literal

_NEEDS_BRACKETS = {"statement": re.compile(r"(given|expect|never)\b"), "answer": re.compile(r"fails\b")}
"""Names that are words of the language where a statement of a test, or an answer, begins."""


def _body(nodes: tuple[tree.Node, ...], docs: Docs) -> Doc:
    written = [_not_a_word("statement", docs(node)) if isinstance(node, tree.Expr) else docs(node) for node in nodes]
    return lines(nodes, written) if nodes else "{}"


def _not_a_word(place: str, doc: Doc) -> Doc:
    return bracketed(doc) if _NEEDS_BRACKETS[place].match(first_text(doc)) else doc


def _exact(value: Fraction) -> str:
    return numeral(value if value.denominator > 1 else value.numerator)


def _example(node: tree.Example, docs: Docs) -> Doc:
    return cat(f"example {literal(node.name)} ", _body(node.body, docs))


def _property(node: tree.Property, docs: Docs) -> Doc:
    drawn = cat(" for ", series(docs.all(node.drawn))) if node.drawn else ""
    held = cat(" at least ", docs(node.rate)) if node.rate else " always"
    return cat(f"property {literal(node.name)}", drawn, held, " ", _body(node.body, docs))


def _drawn(node: tree.Drawn, docs: Docs) -> Doc:
    written = docs(node.type) if node.type else None
    source = docs.at(ranks.SIMPLE, node.source) if node.source else None
    return cat(node.name, optional(": ", written), optional(" in ", source))


def _rate(node: tree.Rate, docs: Docs) -> Doc:
    risk = "" if node.risk is None else f", risk {_exact(node.risk)}"
    calls = "" if node.calls is None else f", within {numeral(node.calls)} calls"
    return f"{_exact(node.least)} against {_exact(node.against)}{risk}{calls}"


def _given_replies(node: tree.GivenReplies, docs: Docs) -> Doc:
    return cat(f"given {node.name} replies ", braced(docs.all(node.replies)))


def _given_value(node: tree.GivenValue, docs: Docs) -> Doc:
    written = "" if node.args is None else args(node.args, docs)
    return cat(f"given {node.name}", written, " = ", docs(node.value))


def _reply_line(node: tree.ReplyLine, docs: Docs) -> Doc:
    pattern = "_" if node.pattern is None else literal(node.pattern)
    return cat(f"{pattern} => ", join(" then ", docs.all(node.answers)))


def _answer_value(node: tree.AnswerValue, docs: Docs) -> Doc:
    at = None if node.probability is None else _exact(node.probability)
    return cat(_not_a_word("answer", docs.at(ranks.OR, node.value)), optional(" at ", at))


def _answer_holes(node: tree.AnswerHoles, docs: Docs) -> Doc:
    return ranks.listed("(", [cat(f"{name} = ", docs(value)) for name, value in node.values], ")")


def _answer_failure(node: tree.AnswerFailure, docs: Docs) -> Doc:
    return f"fails {node.kind}"


def _expect(node: tree.Expect, docs: Docs) -> Doc:
    return cat("expect ", docs(node.value), optional(" fails ", node.fails))


def _never_fails(node: tree.NeverFails, docs: Docs) -> Doc:
    return "never fails"


FORMS: dict[type[tree.Node], Form] = {
    tree.Example: _example,
    tree.Property: _property,
    tree.Drawn: _drawn,
    tree.Rate: _rate,
    tree.GivenReplies: _given_replies,
    tree.GivenValue: _given_value,
    tree.ReplyLine: _reply_line,
    tree.AnswerValue: _answer_value,
    tree.AnswerHoles: _answer_holes,
    tree.AnswerFailure: _answer_failure,
    tree.Expect: _expect,
    tree.NeverFails: _never_fails,
}
