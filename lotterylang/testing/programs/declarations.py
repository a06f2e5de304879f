"""Whole programs: what stands at the top of each, functions and solvers that are drawn, and `main`."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from lotterylang.testing.programs import blocks, capitals
from lotterylang.testing.programs.forms import TYPES, expr
from lotterylang.testing.programs.scope import Body, Count, Draw, Forms, Function, Scope
from lotterylang.testing.programs.statements import counted, statement

TOP = """model small = random(seed = 3)
enum Colour { red, green = "deep green", blue }
type Pair { n: int where n < 100, t: text }
type Small = Pair where it.n <= 4
type Box<T> { value: T }
type Digit = int where -9 <= it <= 60
type Whole = int
type Words = text
memory kept : Digit = 0
memory cell : int = 1
memory other : int
memory counter : int = 0
memory tape : cells<int> = 0
memory back : cells<int> = 7
memory store : map<text, int> = { "a": 1 }
let most = 6
let few = [4, 1]
let word = "w"
let table = { "a": 1, "b": 2, "": 3 }
index wiki = hnsw("wiki.jsonl", embed = "all-minilm-l6-v2")
uses pure tool add
tool add(a: int where a < 500, b: int = 1) -> Digit = "./maths.py:add"
tool echo(x: text where len(x) <= 40) -> Words = std.tools.same
logic pick(n: list<int>, t: list<text>) -> chosen(int), named(text, int) {
  chosen(X) :- n(X), not t("a").
  named(T, X) :- t(T), n(X).
}
fn first_of<T>(xs: list<T>, otherwise: T) -> T { if len(xs) == 0 { otherwise } else { xs[0] } }
fn either(x: call<add | echo>) -> call<add | echo> { x }
fn tallied(xs: list<int>, least: int) -> list<int> {
  memory times : map<int, int> = { 7: least }
  memory last : Digit
  let seen = for x in xs {
    READ times[x] -> n else least
    WRITE n + 1 -> times[x]
    WRITE x -> last
    n
  }
  READ last -> end else 0
  READ times -> all
  [..seen, end, ..values(all)]
}
fn found(ix: index, x: text) -> int { len(FIND 2 in ix for x) }
fn perhaps(x: int?) -> int? { x }
fn same<T>(x: T) -> T { x }
fn boxed<T>(x: T) -> Box<T> { Box(value = x) }
fn shifted(x: int, by: int = 2) -> int { x + by }
fn bounded(x: int where x < 50) -> int where it >= -50 { x }
fn twice(do: fn(int) -> int, i: int) -> int { do(i) + do(i + 1) }
fn mapped<T>(xs: list<T>, do: fn(T) -> T) -> list<T> { for x in xs { do(x) } }
fn said(x: text) -> text { (ASK small "After ${x} comes @{t: text where len(t) <= 4}").t }
fn noted(x: int) -> int {
  READ cell -> before
  WRITE x + before -> cell
  WRITE x -> tape[x % 2] if empty
  ensure x < 9
  asked(x) + before
}
fn asked(i: int) -> int { (ASK small "Number ${i}: @{n: int where 0 <= n <= 9}").n }
"""
PIECES = {
    re.split(r"\W+", piece.removeprefix("uses pure "))[1]: piece
    for piece in re.split(r"^(?=[a-z])(?!tool add)", TOP, flags=re.MULTILINE)
    if piece
}
"""What may stand at the top, by name; a tool that needs leave with its leave."""

FORMS = Forms(blocks.OWN, blocks.GENERAL, capitals.EFFECTS)
PARTS = 70


def _scope(draw: Draw, functions: list[Function], names: Count) -> Scope:
    return Scope(draw, Body(FORMS, list(functions), Count(PARTS), names))


def _body(s: Scope, kind: str, depth: int) -> str:
    """Draw what a function does."""
    lines = [line for _ in range(s.number(1, 4)) for line in statement(s, depth)]
    if not s.pure and s.chance(4):
        lines += counted(s, depth)
    return "\n".join([*lines, expr(s, kind, depth)])


def _function(s: Scope, name: str) -> tuple[str, Function]:
    kinds = [str(s.pick(TYPES)) for _ in range(s.number(0, 2))]
    result = str(s.pick(TYPES))
    if s.chance(2):
        result = s.pick(["int", "text"])
        kinds = [result]
    params = [(s.new(), kind) for kind in kinds]
    s.names += params
    s.pure, s.shared, s.returns = s.chance(4), s.chance(2), result
    listed = ", ".join(f"{param}: {kind}" for param, kind in params)
    text = f"fn {name}({listed}) -> {result} {{\n{_body(s, result, 3)}\n}}\n"
    return text, Function(name, kinds, result, not s.pure, s.body.wild)


def _solver(s: Scope, name: str) -> tuple[str, Function]:
    """Draw a solver of numbers; its parts are smaller numbers."""
    s.names.append(("q", "int"))
    s = s.inner(shared=True)
    feedback = s.inner(("feedback", "text"))
    direct, clauses = expr(feedback, "int", 2), []
    if s.chance(2):
        clauses += ["recall tape[q]", "store tape[q]"]
    if s.chance(2):
        mode = s.pick(["all", "each", "any"]) if not s.shared else s.pick(["all", "each"])
        when = f" when q > {s.number(0, 1)}" if s.chance(2) else ""
        clauses.append(f"divide {mode} (if q > 0 {{ [q - 1, q - {s.number(1, 2)}] }} else {{ [] }}){when}")
        clauses += [] if mode == "any" else ["combine sum(for part in parts { part.answer }) + 1"]
    if s.chance(3):
        kept = s.pick(["", ' -> store["${request}"]'])
        direct = f"{direct} + len(answers)"
        clauses.append(f"requests take([add(q), add({expr(s, 'int', 1)}, 2)], {s.number(0, 2)}){kept}")
    elif s.chance(2):
        clauses.append(f"external {expr(s, 'Colour', 1)} {{ red => {expr(s, 'int', 1)} }}")
    if s.chance(2):
        judged = s.inner(("it", "int"))
        clauses.append(f"verify {expr(judged, 'bool', 2)}")
    if s.chance(2):
        clauses.append(f"trials {s.number(1, 3)}{s.pick(['', ' until passed'])}")
        clauses += ["select candidates[0]"] if s.chance(2) else []
    if s.chance(2):
        clauses.append(f"budget depth {s.number(1, 3)}, calls {s.number(1, 9)}")
    clauses.append(f"direct {direct}")
    return f"solver {name}(q: int) -> int {{\n{chr(10).join(clauses)}\n}}\n", Function(name, ["int"], "int", True)


def _top(text: str) -> str:
    """Give what a program speaks of, and what that speaks of."""
    found: dict[str, None] = {}
    waiting = [text]
    while waiting:
        spoken = set(re.findall(r"\w+", waiting.pop()))
        fresh = [name for name in PIECES if name in spoken and name not in found]
        found.update(dict.fromkeys(fresh))
        waiting += [PIECES[name] for name in fresh]
    return "".join(piece for name, piece in PIECES.items() if name in found)


@st.composite
def _programs(draw: Draw) -> str:
    names = Count(0)
    functions = [
        Function("asked", ["int"], "int", True),
        Function("noted", ["int"], "int", True),
        Function("said", ["text"], "text", True),
    ]
    texts: list[str] = []
    for number in range(draw(st.integers(0, 3))):
        s = _scope(draw, functions, names)
        text, function = (_solver if s.chance(4) else _function)(s, f"f{number}")
        texts.append(text)
        functions.append(function)
    s = _scope(draw, functions, names)
    s.returns = str(s.pick(TYPES))
    texts.append(f"fn main() -> {s.returns} {{\n{_body(s, s.returns, 3)}\n}}\n")
    return _top("".join(texts)) + "".join(texts)


def programs() -> SearchStrategy[str]:
    """Give the strategy of programs, as text."""
    found: Any = _programs()
    return found  # type: ignore[no-any-return]
