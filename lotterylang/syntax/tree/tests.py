"""Examples and properties: the tests inside a program."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from lotterylang.syntax.tree.node import Node, node

if TYPE_CHECKING:
    from lotterylang.syntax.tree import Expr, Lambda, NamedArg, Refined, Spread, TestStatement


@node
class AnswerValue(Node):
    """`calculator at 0.6`."""

    value: Expr
    probability: Fraction | None = None


@node
class AnswerHoles(Node):
    """`(why = "two and two", value = 4)`."""

    values: tuple[tuple[str, Expr], ...]


@node
class AnswerFailure(Node):
    """`fails Timeout`."""

    kind: str


@node
class ReplyLine(Node):
    """`"part of the prompt" => answer then answer`; pattern None matches every prompt."""

    pattern: str | None
    answers: tuple[AnswerValue | AnswerHoles | AnswerFailure, ...]


@node
class GivenReplies(Node):
    """`given small replies { … }`."""

    name: str
    replies: tuple[ReplyLine, ...]


@node
class GivenValue(Node):
    """`given tape = { 0: "1" }`, `given calc("2 + 2") = 4`: what a memory holds, what a call gives."""

    name: str
    args: tuple[Expr | Lambda | Spread | NamedArg, ...] | None
    value: Expr


@node
class Expect(Node):
    """`expect expr`, `expect expr fails Empty`."""

    value: Expr
    fails: str | None = None


@node
class NeverFails(Node):
    """`never fails`."""


@node
class Example(Node):
    """`example "…" { … }`."""

    name: str
    body: tuple[TestStatement, ...]


@node
class Drawn(Node):
    """`question: text` or `state in keys(table)`."""

    name: str
    type: Refined | None
    source: Expr | None


@node
class Rate(Node):
    """`at least 0.90 against 0.80, risk 0.05, within 200 calls`."""

    least: Fraction
    against: Fraction
    risk: Fraction | None = None
    calls: int | None = None


@node
class Property(Node):
    """`property "…" for x: T always { … }`; `rate` is None for `always`."""

    name: str
    drawn: tuple[Drawn, ...]
    rate: Rate | None
    body: tuple[TestStatement, ...]
