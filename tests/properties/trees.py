"""Draws well-formed trees: every tree that the parser can make, and no other.

What the parser never makes: neighbouring or empty pieces, `Negative` of a number, an operator without operands, a text
with NUL or half a surrogate pair, and, in a long text, characters that Unicode's form NFC replaces by others.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from hypothesis import strategies as st

from lotterylang.syntax import tree
from tests.properties.leaves import (
    COUNTS,
    DECIMALS,
    DRAWN,
    HERE,
    LOGICS,
    NAMES,
    PATHS,
    STRINGS,
    STRINGS_OF_LONG,
    TYPES,
    Strategy,
    maybe,
    node,
    node_of,
    some,
)

DEPTH = 3


def piece(strings: Strategy) -> Strategy:
    return node(tree.Piece, strings.filter(bool))


@cache
def text(depth: int) -> Strategy:
    return st.one_of(
        node(tree.Text, parts(piece(STRINGS), marks(depth)), st.just(False)),
        node(tree.Text, parts(piece(STRINGS_OF_LONG), marks(depth) | ROLE_LINES), st.just(True)),
    )


ROLE_LINES = node(tree.RoleLine, st.sampled_from(["system", "user", "assistant"]))


def parts(pieces: Strategy, marks: Strategy) -> Strategy:
    """Draw parts of a text: no two pieces are neighbours."""
    first = st.lists(pieces, max_size=1)
    further = st.lists(st.tuples(marks, st.lists(pieces, max_size=1)), max_size=3)
    return st.builds(lambda head, tail: (*head, *(p for mark, rest in tail for p in (mark, *rest))), first, further)


@cache
def marks(depth: int) -> Strategy:
    stops, most = st.lists(STRINGS, max_size=2).map(tuple), maybe(COUNTS)
    hole = node(tree.Hole, NAMES, refined(depth - 1), stops, most, st.booleans())
    value = node(tree.Value, expr(depth - 1)).filter(lambda v: v.value != tree.Text(HERE, ()))
    return value | hole


# types


@cache
def type_(depth: int) -> Strategy:
    leaves = node(tree.TypeName, NAMES | TYPES, st.just(())) | node(tree.TypeLiteral, STRINGS)
    if depth <= 0:
        return leaves
    inner = type_(depth - 1)
    return st.one_of(
        leaves,
        node(tree.TypeName, NAMES | TYPES, some(inner)),
        node(tree.TypeTuple, some(inner, 2)),
        node(tree.TypeFn, some(inner, 0), inner),
        node(tree.TypeMaybe, inner),
        node(tree.TypeUnion, some(inner, 2)),
    )


@cache
def refined(depth: int) -> Strategy:
    return node(tree.Refined, type_(depth), maybe(expr(depth - 1)))


# expressions


@cache
def expr(depth: int) -> Strategy:
    leaves = st.one_of(
        node(tree.Name, NAMES),
        node(tree.TypeValue, TYPES),
        node(tree.Number, COUNTS | COUNTS.map(lambda n: -n) | DECIMALS | DECIMALS.map(lambda n: -n)),
        node(tree.Constant, st.sampled_from([True, False, None])),
    )
    return (
        leaves if depth <= 0 else st.one_of(leaves, *operators(depth), *values(depth), *capitals(depth), *whole(depth))
    )


def operators(depth: int) -> list[Strategy]:
    e = expr(depth - 1)

    def rest(*signs: str) -> Strategy:
        return some(st.tuples(st.sampled_from(signs), e))

    return [
        node(tree.Negative, e.filter(lambda value: not isinstance(value, tree.Number))),
        node(tree.Arithmetic, e, rest("+", "-")),
        node(tree.Arithmetic, e, rest("*", "/", "//", "%")),
        node(tree.Range, e, e, st.booleans()),
        node(tree.Comparison, e, rest("<=", ">=", "==", "!=", "<", ">", "in", "not in")),
        node(tree.Not, e),
        node(tree.And, some(e, 2)),
        node(tree.Or, some(e, 2)),
    ]


def values(depth: int) -> list[Strategy]:
    e = expr(depth - 1)
    spread = node(tree.Spread, e)
    return [
        text(depth),
        node(tree.List, some(e | spread, 0)),
        node(tree.Map, some(st.tuples(e, e), 0)),
        node(tree.Tuple, some(e, 2)),
        node(tree.Call, e, args(depth)),
        node(tree.Item, e, e),
        node(tree.Attribute, e, NAMES),
    ]


@cache
def args(depth: int) -> Strategy:
    e = expr(depth - 1)
    if depth <= 0:
        return some(e, 0)
    function = node(tree.Lambda, NAMES, e | block(depth - 1))
    return some(st.one_of(e, function, node(tree.Spread, e), node(tree.NamedArg, NAMES, e | function)), 0)


def capitals(depth: int) -> list[Strategy]:
    e, prompt = expr(depth - 1), text(depth - 1)
    model = node(tree.OnModel, NAMES, st.just(()) | args(depth - 1))
    by = node(tree.Lambda, NAMES, e) | node(tree.Name, PATHS)
    mode = st.sampled_from([(None, None), ("must", None), ("could", None), ("best", None), ("models", 3)])
    deduce = node_of(tree.Deduce, st.builds(lambda m, logic, a: (*m, logic, a), mode, LOGICS, args(depth - 1)))
    derived = node(tree.Derived, deduce, maybe(NAMES))
    return [
        node(tree.Ask, maybe(model), prompt),
        node(tree.Choose, maybe(model), prompt, e | derived, maybe(by), maybe(node(tree.Against, NAMES, e))),
        node(tree.Comparison, e, st.tuples(st.tuples(st.sampled_from(["in", "not in"]), derived))),
        node(tree.Score, model, scored(depth), prompt),
        node(tree.Find, e, e, e, maybe(e)),
        node(tree.CallTool, e),
        deduce,
        node(tree.Divide, st.sampled_from(["all", "any", "each"]), e, PATHS),
        node(tree.Endorse, e, type_(depth - 1)),
    ]


def scored(depth: int) -> Strategy:
    """Draw what SCORE judges: after a model's name, a bracket would open the model's arguments."""
    start = node(tree.Name, NAMES) | text(depth - 1)
    end = st.sampled_from([tree.Attribute(HERE, tree.Name(HERE, "hit"), "text")])
    return st.one_of(start, end, node(tree.Item, start, expr(depth - 1)), node(tree.Call, start, args(depth - 1)))


# blocks

BINDERS = some(NAMES, 1, 3)


def whole(depth: int) -> list[Strategy]:
    e, body = expr(depth - 1), block(depth - 1)
    each = node(tree.Each, BINDERS, e)
    catches = node(tree.Catch, some(TYPES, 0), maybe(NAMES), body)
    return [
        node(tree.If, some(st.tuples(e, body)), maybe(body)),
        node(tree.Match, e, some(arm(depth))),
        node(tree.For, some(each), maybe(e), body, st.booleans()),
        node(tree.Fold, BINDERS, maybe(type_(depth - 1)), e, each, maybe(e), body),
        node(tree.Within, some(limit(depth)), body),
        node(tree.Retry, e, maybe(NAMES), body),
        node(tree.Try, body, some(catches)),
        node(tree.TryIn, each, body, some(catches, 0)),
    ]


@cache
def limit(depth: int) -> Strategy:
    return node(tree.Limit, NAMES, expr(depth - 1))


@cache
def pattern(depth: int) -> Strategy:
    numbers = COUNTS | DECIMALS | COUNTS.map(lambda n: -n)
    constants = st.one_of(STRINGS, numbers, st.sampled_from([True, False, None]))
    one = st.one_of(
        node(tree.CasePattern, NAMES, maybe(TYPES)),
        node(tree.CallPattern, NAMES, some(NAMES, 0)),
        node(tree.TypePattern, TYPES | st.just("vote.Tally"), maybe(NAMES)),
        node(tree.ConstantPattern, constants),
    )
    if depth > 0:
        one |= node(tree.TuplePattern, some(pattern(depth - 1), 2))
    return one | node(tree.EitherPattern, some(one, 2))


@cache
def arm(depth: int) -> Strategy:
    return node(tree.Arm, pattern(1), maybe(expr(depth - 1)), expr(depth - 1) | block(depth - 1))


@cache
def block(depth: int) -> Strategy:
    return node(tree.Block, some(statement(depth) if depth > 0 else expr(0) | node(tree.Label, NAMES), 0))


@cache
def statement(depth: int) -> Strategy:
    e = expr(depth)
    place = node(tree.Place, NAMES, maybe(e))
    return st.one_of(
        e,
        let(depth),
        memory(depth),
        node(tree.Read, place, BINDERS, maybe(e)),
        node(tree.Write, e, place, st.booleans()),
        node(tree.Copy, place, place),
        node(tree.Mov, place, place),
        node(tree.Jump, NAMES, maybe(e)),
        node(tree.Label, NAMES),
        node(tree.Ensure, e, maybe(e)),
        node(tree.Fail, e, maybe(e)),
        node(tree.Return, maybe(e)),
    )


@cache
def let(depth: int) -> Strategy:
    return node(tree.Let, BINDERS, maybe(refined(depth)), expr(depth))


@cache
def memory(depth: int) -> Strategy:
    kept = st.just((None, ())) | st.tuples(PATHS, args(depth))
    first = st.tuples(NAMES, type_(depth), maybe(expr(depth)))
    return node_of(tree.Memory, st.builds(tuple.__add__, first, kept))


# declarations

CLINGO = st.lists(
    st.sampled_from(["a(X) :- b(X).", " ", "\n", "{ a; { b } }", '"} {"', "% it's } \n", "%* } *%", "#show a/1."]),
    max_size=5,
)


def clauses(depth: int) -> Strategy:
    e = expr(depth)

    def clause(words: str, *given: tuple[str, Strategy]) -> Strategy:
        DRAWN.add(tree.Clause)
        word = st.sampled_from(words.split())
        return st.builds(lambda w, v: tree.Clause(HERE, w, **v), word, st.fixed_dictionaries(dict(given)))

    return st.one_of(
        clause("budget", ("limits", some(limit(depth)))),
        clause("recall store", ("place", node(tree.Place, NAMES, maybe(e)))),
        clause("external", ("value", e), ("arms", some(arm(depth)))),
        clause("requests", ("value", e), ("place", maybe(node(tree.Place, NAMES, maybe(e))))),
        clause("combine direct verify select", ("value", e)),
        clause("divide", ("value", e), ("mode", st.sampled_from(["all", "any", "each"])), ("when", maybe(e))),
        clause("trials", ("value", e), ("until_passed", st.booleans())),
    )


def tests(depth: int) -> Strategy:
    e = expr(depth)
    answer = st.one_of(
        node(tree.AnswerValue, e, maybe(DECIMALS)),
        node(tree.AnswerHoles, some(st.tuples(NAMES, e))),
        node(tree.AnswerFailure, TYPES),
    )
    reply = node(tree.ReplyLine, maybe(STRINGS), some(answer))
    return st.one_of(
        statement(depth),
        node(tree.GivenReplies, PATHS, some(reply)),
        node(tree.GivenValue, PATHS, maybe(args(depth)), e),
        node(tree.Expect, e, maybe(TYPES)),
        node(tree.NeverFails),
    )


def declarations(depth: int) -> Strategy:
    e, body = expr(depth), some(tests(depth), 0)
    variables = some(TYPES, 0)
    params = some(node(tree.Param, NAMES, refined(depth), maybe(e)), 0)
    source = st.tuples(NAMES, refined(depth), st.none()) | st.tuples(NAMES, st.none(), e)
    drawn = node_of(tree.Drawn, source)
    rate = node(tree.Rate, DECIMALS, DECIMALS | st.just(Fraction(1)), maybe(DECIMALS), maybe(COUNTS))
    imports = st.tuples(PATHS, st.none(), maybe(NAMES)) | st.tuples(st.none(), STRINGS, maybe(NAMES))
    relation = node(tree.Relation, NAMES, some(type_(depth)))
    return st.one_of(
        node_of(tree.Import, imports),
        node(tree.Uses, PATHS, st.just(()) | args(depth), st.booleans()),
        let(depth),
        node(tree.Model, NAMES, e),
        node(tree.Index, NAMES, e),
        memory(depth),
        node(tree.Tool, NAMES, params, type_(depth), e),
        node(tree.RecordDeclaration, TYPES, variables, some(node(tree.Field, NAMES, refined(depth)))),
        node(tree.AliasDeclaration, TYPES, variables, refined(depth)),
        node(tree.Enum, TYPES, some(node(tree.Case, NAMES, maybe(STRINGS)))),
        node(tree.Logic, NAMES, params, some(relation), CLINGO.map("".join)),
        node(tree.Logic, NAMES, params, some(relation), st.just(""), node(tree.LogicProgram, PATHS, NAMES)),
        node(tree.Fn, NAMES, variables, params, maybe(refined(depth)), block(depth)),
        node(tree.Solver, NAMES, params, refined(depth), some(clauses(depth))),
        node(tree.Example, STRINGS, body),
        node(tree.Property, STRINGS, some(drawn, 0), maybe(rate), body),
    )


def expressions(depth: int = DEPTH) -> Strategy:
    return expr(depth)


def modules(depth: int = DEPTH - 1) -> Strategy:
    return some(declarations(depth), 0).map(lambda nodes: tree.Module(HERE.source, nodes))
