"""Properties: what is drawn, which replies, what counts as a counterexample, and how it is told."""

from __future__ import annotations

import pytest

from lotterylang.check import check
from lotterylang.syntax.parser import source_of
from lotterylang.testing.examples import Verdict, run_examples
from lotterylang.testing.properties import run_properties

PROGRAM = """
model small = first()
memory solved : map<text, int>
enum Route { calculator, facts }
type Digit = int where 0 <= it <= 9
type Point { x: int where x > 100, name: text }
fn route(q: text) -> Route { (CHOOSE small "${q} needs" from Route).value }
fn word(q: text) -> text { (ASK small "${q} is @{word: text where len(word) <= 30, stop "."}").word }
fn number_of(q: text) -> int { (ASK small "${q} is @{n: int}").n }
fn score(q: text) -> number { (SCORE small q under "so").sum }
tool calc(sum: text where len(sum) <= 9) -> number = std.tools.calculate
fn action() -> call<calc> { (ASK small "do @{action: call<calc>}").action }
fn turn(n: int) -> int { if word("turn") == "again" { turn(n) } else { n } }
"""


def tried(*lines: str, samples: int = 200) -> Verdict:
    program = check(source_of("drawn.lot", PROGRAM + "\n".join(lines)))
    (verdict,) = run_properties(program, samples)
    return verdict


HOLD = [
    "for t: text where len(t) <= 3 always { expect len(t) <= 3 }",
    "for d: Digit always { expect 0 <= d <= 9 }",
    "for p: Point always { expect p.x > 100 }",
    "for ds: list<Digit> where len(ds) == 2 always { expect len(ds) == 2 and every(ds, d => 0 <= d <= 9) }",
    'for w: text where matches(w, "[a-c]+") always { expect matches(w, "[abc]+") }',
    "for n: int where n > 5 and n < 100, m: int where m == n + 1 always { expect m - n == 1 }",
    "for m: map<text, Route?>, r: (int, bool), x: number where 0 <= x <= 1 always { expect len(m) >= 0 and x <= 1 }",
    'for s: "a" | "b" always { expect s == "a" or s == "b" }',
    'always { expect (route("a") == Route.calculator) == (route("a") == Route.calculator) }',
    "for q: text always { never fails\n given solved = { q: 1 }\n READ solved[q] -> n\n expect n == 1 }",
    'for q: text always { expect not ("." in word(q)) }',
    "for q: text always { given small replies { _ => calculator }\n expect route(q) == Route.calculator }",
    "for q: text always { never fails\n expect score(q) <= 1_000 }",
    "for q: text where len(q) > 0 always { expect number_of(q) == number_of(q) }",
]


@pytest.mark.parametrize("law", HOLD)
def test_a_law_that_holds_passes(law: str) -> None:
    verdict = tried(f'property "p" {law}')
    assert verdict.problem is None, verdict
    assert verdict.tried


BREAK = [
    ("for n: int always { expect n < 10 }", ["n = 10"]),
    ("for t: text always { expect len(t) < 2 }", ['t = "00"']),
    ("for xs: list<int> always { expect len(xs) < 3 }", ["xs = [0, 0, 0]"]),
    ("for m: map<bool, int> always { expect len(m) == 0 }", ["m = { false: 0 }"]),
    ("for p: Point always { expect p.x < 0 }", ['p = Point(x = 101, name = "")']),
    ("for r: Route? always { expect r == none }", ["r = Route.calculator"]),
    ('always { expect route("a") == route("b") }', ['route/choose#1 => "calculator"', 'route#2/choose#1 => "facts"']),
    ('always { expect word("a") != "again" }', ['word/ask#1 => (word = "again")']),
    ('always { expect not ("<|im_end|>" in word("a")) }', ['word/ask#1 => (word = "<|im_end|>")']),
    ('always { expect len(word("a")) < 30 }', None),
    ('always { expect number_of("a") != 41 }', ["number_of/ask#1 => (n = 41)"]),
    ('always { expect match action() { calc(sum) => sum == "no" } }', ['action/ask#1 => (action = calc(sum = ""))']),
    ('always { expect score("a") == 0 }', ["score/score#1 => -0.25"]),
    ("always { never fails\n expect turn(1) == 1 }", ['turn/word/ask#1 => (word = "again")']),
    ('always { never fails\n expect 1 / number_of("a") != 7 }', ["number_of/ask#1 => (n = 0)"]),
    ('always { never fails\n given small replies { _ => fails Timeout }\n expect word("a") == word("a") }', []),
]


@pytest.mark.parametrize(("law", "told"), BREAK)
def test_a_law_that_does_not_hold_is_broken_by_the_smallest_case(law: str, told: list[str] | None) -> None:
    verdict = tried(f'property "p" {law}', samples=500)
    assert verdict.problem is not None
    if told is not None:
        assert [line.removeprefix("property/") for line in verdict.counterexample] == told


@pytest.mark.parametrize("law", [law for law, _ in BREAK])
def test_a_counterexample_can_be_pasted_as_an_example(law: str) -> None:
    """What is told breaks the program again, in the same way; only inputs that a run limits need more than it."""
    verdict = tried(f'property "p" {law}', samples=500)
    assert verdict.example is not None
    within = verdict.example.replace("turn(1)", "(within calls 9 { turn(1) })")
    (again,) = run_examples(check(source_of("pasted.lot", PROGRAM + within)))
    assert again.problem is not None
    if "BudgetSpent" not in again.problem:
        assert again.problem == verdict.problem


def test_all_paths_are_run_where_all_is_a_choice() -> None:
    law = 'for b: bool always { expect route("a") == Route.facts or route("b") == Route.facts or b or not b }'
    assert (tried(f'property "p" {law}').tried or "").startswith("all 6 reply paths, and ")
    pure = tried('property "p" for b: bool, n: int where 1 <= n <= 3 always { expect b or n > 0 }')
    assert pure.tried == "all 6 values"


def test_eight_choices_are_256_reply_paths() -> None:
    law = 'always { let rs = for i in 1..8 { route("${i}") }\n expect len(rs) == 8 }'
    assert tried(f'property "p" {law}', samples=5).tried == "all 256 reply paths, and 5 sampled"


def test_a_drawn_failure_that_is_let_through_breaks_nothing_but_what_the_program_does_itself_does() -> None:
    law = 'property "p" always { never fails\n let w = word("a")\n expect w == w }'
    assert tried(law, samples=300).problem is None


def test_a_typed_failure_is_no_counterexample_unless_it_may_not_be() -> None:
    assert tried('property "p" for n: int always { let x = 1 / n\n expect x == x }').problem is None
    broken = tried('property "p" for n: int always { never fails\n let x = 1 / n\n expect x == x }')
    assert broken.counterexample == ("n = 0",)
    assert "Undefined" in (broken.problem or "")


def test_a_condition_that_nothing_keeps_is_said_to_be_one() -> None:
    verdict = tried('property "p" for n: int where n > 5 and n < 3 always { expect n == n }')
    assert "no value was found" in (verdict.problem or "")


def test_two_runs_tell_the_same() -> None:
    law = 'property "p" for q: text always { expect route(q) == route("${q}!") }'
    assert tried(law) == tried(law)


def test_a_law_whose_every_trial_fails_was_not_checked_and_does_not_pass() -> None:
    verdict = tried('property "p" for n: int where 1 <= n <= 3 always { let x = 1 / (n - n)\n expect x != x }')
    assert (verdict.problem or "").startswith("nothing was checked: every trial failed, as Undefined: ")


def test_a_given_reply_that_is_not_legal_is_said_to_be_so() -> None:
    law = 'property "p" for b: bool always { given small replies { _ => "no score" }\n expect score("a") < 9 or b }'
    assert "must be a number" in (tried(law).problem or "")
