"""Rules are read before clingo sees them: what may not run is refused at its line, and nothing else is."""

from __future__ import annotations

import pytest

from lotterylang.syntax.logic.faults import faults, underived
from lotterylang.syntax.logic.reading import read
from lotterylang.syntax.logic.safety import Refused


def _refused(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ('a.\n#include "x".', "#include", (2, 1)),
        ("#script (python) print(1) #end.", "#script", (1, 1)),
        ("a(X) :- X = @f(1).", "@f(", (1, 13)),
        ("a(X) :- X = @ f (1).", "@ f (", (1, 13)),
        ("a(@f).", "@f", (1, 3)),
        ("b.\n  #external a.", "#external", (2, 3)),
        ("#program more.", "#program", (1, 1)),
        ("#show X : a(X). a(1).", "#show", (1, 1)),
        ("#edge (a, b).", "#edge", (1, 1)),
        ("#heuristic a. [1, true]", "#heuristic", (1, 1)),
        ("#project a/1.", "#project", (1, 1)),
        ('p("é"). é(1).', "`é`", (1, 9)),
        ('p("é") :- &dom { 1 }. ', "theory", (1, 12)),
        ("a :- b(\n c d.", "can't be read", (2, 4)),
        ("a. %* b", "not closed", (1, 4)),
        ("%* a %* b *% *%", "inside a comment", (1, 1)),
        ("b. a(X) :- X = " + "1+" * 3_000 + "1.", "2,000 signs of arithmetic", (1, 3)),
        ("a(X) :- X = " + "-" * 3_000 + "1.", "2,000 signs of arithmetic", (1, 1)),
    ],
)
def test_rules_that_may_not_run_are_refused_at_their_place(text: str, said: str, place: tuple[int, int]) -> None:
    refused = _refused(text)
    assert said in refused.message and (refused.line, refused.column) == place
    assert refused.told("rusts").startswith(f"rules of `rusts`, line {place[0]}, column {place[1]}: ")


@pytest.mark.parametrize(
    "text",
    [
        "a. % #include",
        'a("#include @f() %*"). b :- a("\\"#script").',
        "%* #external a. *% a.",
        "{a(1..3)}. :~ a(X). [X@1, X]",
        "a(1). #minimize { 1@2, X : a(X) }.",
        "#const n = 3. a(n). #defined b/2. #show a/1.",
        "1 { a(X) : X = 1..2 } 1. b :- #count { X : a(X) } > 1. c ; d.",
    ],
)
def test_what_only_looks_forbidden_is_read(text: str) -> None:
    assert read(text).text == text


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("a(X) :- b(X, _), not c(X).", True),
        ("a(X) :- b(X), X < 3. :- b(X), b(Y), X + 1 = Y.", True),
        ("a(X + 1) :- a(X), not stop(X).", False),
        ("a(f(X)) :- a(X).", False),
        ("a(Y) :- a(X), Y = X + 1.", False),
        ("a(X) :- X = #sum { Y : b(Y) }.", False),
        ("a :- #sum { Y : b(Y) } > 3.", True),
        ("{a(f(X))} :- b(X).", False),
    ],
)
def test_rules_that_compute_terms_are_not_kept(text: str, flat: bool) -> None:
    assert read(text).is_flat is flat


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_grounded() -> None:
    text = "n(0). n(X + 1) :- n(X).\na(X) :- not b(X).\nc(Y) :- b(Y, Y), d(Y)."
    rules, found = faults(text, {"b": 1})
    assert rules is not None
    assert [(each.kind, each.line, each.column) for each in found] == [
        ("unbound", 2, 3),
        ("unknown", 3, 9),
        ("unknown", 3, 18),
    ]


def test_relations_that_no_rule_derives_are_told_by_their_number_of_terms() -> None:
    rules, found = faults("a(X) :- b(X).", {"b": 1})
    assert rules is not None and found == []
    assert underived(rules, [("a", 1), ("b", 1)], ["b"]) == {}
    lacking = underived(rules, [("a", 2), ("c", 1)], ["b"])
    assert (
        lacking["a", 2][0] == "the rules derive `a` with 1 term, not 2" and lacking["c", 1][0] == "no rule derives `c`"
    )


def test_rules_after_the_comment_of_a_forbidden_word_are_read() -> None:
    assert faults('a("#script"). % @f()', {})[1] == []
