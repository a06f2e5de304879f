"""What the machine is handed: effects, joined loops, plans of holes, order of constants, hash, types of every node."""

from __future__ import annotations

import pytest

from lotterylang.check import Program, check, check_expression, types
from lotterylang.check.walk import below
from lotterylang.syntax import tree
from lotterylang.syntax.diagnostics import LotError
from lotterylang.syntax.parser import source_of

MODEL = 'model small = onnx("smollm2-135m-instruct", seed = 7)\n'
ASKING = MODEL + 'fn ask(x: int) -> int { (ASK small "${x} @{n: int}").n }\nmemory m : int = 0\n'


def _program(text: str) -> Program:
    return check(source_of("p.lot", text))


def _effects(text: str) -> dict[str, list[str]]:
    return {name: sorted(found.effects) for name, found in _program(text).functions.items()}


def _only_hole(text: str) -> list[tuple[str, tuple[str, ...], int]]:
    program = _program(MODEL + f'fn f(a: int, xs: list<text>, t: text) {{ ASK small """{text}""" }}')
    (plan,) = program.holes.values()
    return [(bound.kind, bound.part, bound.shift) for bound in plan.bounds]


def _is_joined(text: str) -> list[bool]:
    return list(_program(ASKING + text).joined.values())


def test_effects_are_those_of_the_calls() -> None:
    found = _effects(
        ASKING
        + """
fn through(x: int) { ask(x) }
fn write(x: int) -> int {
  WRITE x -> m
  x
}
fn apply(f: fn(int) -> int, x: int) -> int { f(x) }
fn twice(f: fn(int) -> int) -> int { apply(y => f(f(y)), 2) }
fn plain() -> int { apply(x => x, 1) }
fn both() -> int { twice(ask) + apply(write, 1) }
fn jumps(x: int) -> int {
  next:
    JUMP next if x > 1
    x
}
"""
    )
    assert found == {
        "ask": ["ASK"],
        "through": ["ASK"],
        "write": ["WRITE"],
        "apply": ["ASK", "WRITE"],
        "twice": ["ASK"],
        "plain": [],
        "both": ["ASK", "WRITE"],
        "jumps": [],
    }


def test_effects_come_through_recursion_and_defaults() -> None:
    found = _effects(
        ASKING
        + """
fn even(n: int) -> int { if n == 0 { ask(n) } else { odd(n - 1) } }
fn odd(n: int) -> int { even(n - 1) }
fn with_default(f: fn(int) -> int = odd) -> int { f(1) }
"""
    )
    assert found["even"] == found["odd"] == found["with_default"] == ["ASK"]


@pytest.mark.parametrize(
    ("loop", "joined"),
    [
        ("for x in xs { ask(x) }", True),
        ("for x in xs, in order { ask(x) }", False),
        ("for x in xs { x }", False),
        ("for x in xs {\n READ m -> y\n ask(x) + y }", True),
        ("for x in xs {\n WRITE x -> m\n ask(x) }", False),
        ("for x in xs {\n READ m -> y\n y }", False),
        ("for x in [ask(1)] { x }", False),
    ],
)
def test_loops_that_only_ask_run_side_by_side(loop: str, joined: bool) -> None:
    assert _is_joined(f"fn f(xs: list<int>) -> list<int> {{ {loop} }}") == [joined]


def test_a_loop_over_a_parameter_depends_on_all_calls() -> None:
    loop = "fn each(xs: list<int>, f: fn(int) -> int) -> list<int> { for x in xs { f(x) } }\n"
    write = "fn write(x: int) -> int {\n WRITE x -> m\n x }\n"
    assert _is_joined(loop) == [False]
    assert _is_joined(loop + "fn g() { each([1], ask) }") == [True]
    assert _is_joined(loop + write + "fn g() { each([1], ask) }\nfn h() { each([1], write) }") == [False]


@pytest.mark.parametrize(
    ("hole", "bounds"),
    [
        ("@{x: int where 0 < x <= 9}", [("least", (), 1), ("most", (), 0)]),
        ("@{x: int where it == a}", [("least", (), 0), ("most", (), 0)]),
        ("@{x: text where len(x) < 9}", [("longest", (), -1)]),
        ("@{x: text where 3 <= len(x) and x in t}", [("shortest", (), 0), ("part_of", (), 0)]),
        ("@{x: text where x in xs}", [("in", (), 0)]),
        ("@{x: list<int> where len(x) == 3}", [("fewest", (), 0), ("most_items", (), 0)]),
        ("@{x: list<int> where len(x) < 3 and every(x, y => y > a)}", [("most_items", (), -1), ("least", ("[]",), 1)]),
        ('@{x: text where matches(x, "a+"), max 3 tokens}', [("matches", (), 0)]),
    ],
)
def test_a_where_becomes_bounds(hole: str, bounds: list[tuple[str, tuple[str, ...], int]]) -> None:
    assert _only_hole(hole) == bounds


def test_bounds_come_from_declared_types_too() -> None:
    program = _program(
        MODEL
        + """
type Digit = int where 0 <= it <= 9
type Small = Digit where it < 5
type Code { name: text where len(name) <= 4, digits: list<Small> where len(it) == 2 }
fn f() { ASK small "@{code: Code}" }
"""
    )
    (plan,) = program.holes.values()
    assert [(b.kind, b.part, b.shift) for b in plan.bounds] == [
        ("longest", ("name",), 0),
        ("least", ("digits", "[]"), 0),
        ("most", ("digits", "[]"), 0),
        ("most", ("digits", "[]"), -1),
        ("fewest", ("digits",), 0),
        ("most_items", ("digits",), 0),
    ]


def test_conditions_of_parameters_hold_what_their_types_say() -> None:
    program = _program(
        "type Digit = int where 0 <= it <= 9\nfn f(x: Digit where x > 2, ys: list<Digit?>, z: int) { x }"
    )
    x, ys, z = program.functions["f"].node.params
    assert isinstance(program.conditions[id(x)], tree.And)
    assert isinstance(program.conditions[id(ys)], tree.Call)
    assert id(z) not in program.conditions
    assert program.types[id(program.conditions[id(ys)])] == types.BOOL


def test_constants_come_after_what_they_use_also_through_functions() -> None:
    program = _program("let a = f()\nfn f() -> int { b + c }\nlet b = c\nlet c = 1")
    assert list(program.constants) == ["c", "b", "a"]


def test_the_hash_is_of_what_is_said() -> None:
    text = "fn f(x: int) -> int { x + 1 }"
    same = "# a comment\nfn f(x: int)   -> int {\n  x + 1   # more\n}\n"
    hashes = {_program(t).hash for t in (text, same)}
    assert len(hashes) == 1
    others = {_program(t).hash for t in (text, text.replace("1", "2"), text.replace("+", "-"), text.replace("x", "y"))}
    assert len(others) == 4
    assert _program('let a = "1"').hash != _program("let a = 1").hash != _program("let a = [1]").hash


def test_every_expression_has_a_type() -> None:
    program = _program(
        ASKING
        + """
enum Route { facts, think }
type Answer<T> { value: T where len("x") > 0, route: Route? }
let table = { "a": (1, [2.5]), "b": (2, []) }
fn twice<T>(x: T, go: fn(T) -> T, n: int where n > 0 = 2) -> T { go(go(x)) }
fn f(q: text, r: Route?) {
  let a = CHOOSE small(score = "sum") "${q} or" from Route by c => "${c}" against q in ["x", q[0..1]]
  let b = SCORE small "${q}!" under "${q}"
  let c = ASK small(temperature = 0.5) "@{x: list<text> where len(x) < n_of(q) and every(x, y => len(y) <= 3)}"
  let d = match r { none => -b.lift, facts if q == "x" => 1 / 2, think | facts => -3.5 }
  let e = fold (s, t) = (0, "") for (k, n) in [("a", 1)] until s > 3 or not (t != "x") { (s + n, t + k) }
  READ m -> old else 3 * 2
  WRITE if old in [1, ..[2]] { old } else { table["a"] == (1, [2]) and 1 < 2 <= 3
    4 } -> m
  within calls 2 + 3 { twice(Answer(value = q, route = none), x => Answer(..x, value = q)).value }
}
fn n_of(q: text) -> int { for c in chars(q) if c != "x" { 1 }
  len(q) }
example "e" {
  given small replies { "x" => facts, _ => (x = ["a"]) }
  given m = 3
  expect f("a", none) == "a" and ask(2) == 4
}
"""
    )
    functions = {id(n.function) for n in below(program.module.declarations) if isinstance(n, tree.Call)}
    types_as_targets = {id(n.target) for n in below(program.module.declarations) if isinstance(n, tree.Attribute)}
    lacking = [
        node
        for declaration in program.module.declarations
        if not isinstance(declaration, tree.Model)
        for node in below(declaration)
        if isinstance(node, tree.Expr)
        and id(node) not in program.types
        and id(node) not in functions
        and not (isinstance(node, tree.TypeValue) and id(node) in types_as_targets)
    ]
    assert lacking == []
    assert types.UNKNOWN not in program.types.values()


def test_an_expression_is_judged_at_the_top_level_of_a_program() -> None:
    program = _program(ASKING + "fn each(xs: list<int>, f: fn(int) -> int) -> list<int> { for x in xs { f(x) } }")
    found = check_expression(program, source_of("-e", "each([n, 2], ask)"), {"n": types.INT})
    assert found.type == types.List(types.INT)
    assert found.effects == {"ASK"}
    assert found.program.types[id(found.node)] == found.type
    assert list(program.joined.values()) == [False]
    assert list(found.program.joined.values()) == [True]
    assert found.program.joined.keys() == program.joined.keys()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("missing", "`missing` is not defined"),
        ("1 + true", "does not take"),
        ("1 +", "LOT-E0101"),
        ("ask(1, 2)", "takes 1 value"),
    ],
)
def test_an_expression_in_error_is_refused(code: str, message: str) -> None:
    with pytest.raises(LotError, match=message):
        check_expression(_program(ASKING), source_of("-e", code), {})


def test_diagnostics_come_in_the_order_of_the_source() -> None:
    text = "fn a() -> int { b2 }\nlet c = d\nfn e() -> text { 1 }\ntype G { x: Int }"
    with pytest.raises(LotError) as problem:
        _program(text)
    starts = [d.label.span.start for d in problem.value.diagnostics if d.label is not None]
    assert len(starts) == 4 and starts == sorted(starts)
