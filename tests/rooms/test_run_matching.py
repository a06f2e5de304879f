"""`matches`: the same as Python's engine, and an answer where that engine would try back for ages."""

from __future__ import annotations

import itertools
import re

import pytest

from lotterylang.run import matching
from lotterylang.run.values import Failure

PATTERNS = [
    *("(a|b)*ab", "(a+)+b?", "(a|ab)(c|bcd)(d*)", "a{2,4}b{0,2}", "(?:ab?){3}", "^a.*b$", r"\ba+\b.*", "[^a]*a?", ""),
    *("(a*)*", "(a?b?)*c?", "(?i:A)b", "(a|a|b)*?", "a{2,}", r"(\w\s?)+", "(^a|b$)+"),
]
TEXTS = [
    "".join(found) for size in range(6) for found in itertools.product("ab c"[: 4 if size < 4 else 2], repeat=size)
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_all_ways_at_once_find_what_one_after_another_find(pattern: str) -> None:
    plan = matching._plan(pattern)
    for text in TEXTS:
        wanted = re.fullmatch(pattern, text) is not None
        assert matching.matches(pattern, text) is wanted, text
        if plan.graph is not None:
            assert matching._followed(plan.graph, plan.start, text) is wanted, text


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a?){40}a{40}b", "a*a*a*a*a*a*a*b", "(a|aa)+$b"])
def test_a_pattern_that_tries_back_is_answered(pattern: str) -> None:
    assert matching.matches(pattern, "a" * 1000) is False


@pytest.mark.parametrize("pattern", [r"(a+)+\1b", "(?=(a+)+b)a*", "(?>(a+)+)b"])
def test_what_can_not_be_followed_side_by_side_is_a_failure(pattern: str) -> None:
    with pytest.raises(Failure, match=r"Undefined: .* takes too long"):
        matching.matches(pattern, "a" * 1000)


def test_a_text_that_is_too_long_for_its_pattern_is_a_failure() -> None:
    with pytest.raises(Failure, match="takes too long on a text of 9,000,000 characters"):
        matching.matches("(a+b?)+c", "a" * 9_000_000)


def test_what_is_no_pattern_is_a_failure() -> None:
    with pytest.raises(Failure, match="Undefined: `\\(` is no regular expression"):
        matching.matches("(", "a")
