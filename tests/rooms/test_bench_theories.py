"""The parser of the data sets of logic reads their templates, and the program that it asks is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import theories
from lotterylang.check import check
from lotterylang.syntax import parser


def _is(who: str, what: str, so: bool = True, does: str = "is") -> dict[str, Any]:
    return {"who": who, "does": does, "what": what, "so": so}


@pytest.mark.parametrize(
    ("sentence", "read"),
    [
        ("Alex is not a numpus.", _is("alex", "numpus", so=False)),
        ("The bald eagle chases the cat.", _is("bald eagle", "cat", does="chase")),
        ("The cow does not need the lion.", _is("cow", "lion", so=False, does="need")),
    ],
)
def test_a_claim_is_read(sentence: str, read: dict[str, Any]) -> None:
    assert theories.claim(sentence) == read and theories.rule(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "needs", "gives"),
    [
        ("Rompuses are not zumpuses.", [_is("?", "rompus")], _is("?", "zumpus", so=False)),
        ("Every cat is an animal.", [_is("?", "cat")], _is("?", "animal")),
        ("All red, big things are kind.", [_is("?", "red"), _is("?", "big")], _is("?", "kind")),
        ("Rough people are cold.", [_is("?", "rough")], _is("?", "cold")),
        (
            "If someone sees the cat and they are not green then they see the cow.",
            [_is("?", "cat", does="see"), _is("?", "green", so=False)],
            _is("?", "cow", does="see"),
        ),
        (
            "If Bob is kind and not big then Bob is red.",
            [_is("bob", "kind"), _is("bob", "big", so=False)],
            _is("bob", "red"),
        ),
    ],
)
def test_a_rule_is_read(sentence: str, needs: list[dict[str, Any]], gives: dict[str, Any]) -> None:
    assert theories.rule(sentence) == {"needs": needs, "gives": gives}


@pytest.mark.parametrize(
    ("words", "place"),
    [
        *(("leftmost", 1), ("second from the right", 4), ("third-most expensive", 3), ("second-cheapest", 2)),
        *(("newest", 5), ("fourth-newest", 2), ("second-to-last", 4), ("last", 5), ("first", 1)),
    ],
)
def test_a_place_is_counted_from_the_left_the_cheap_and_the_old(words: str, place: int) -> None:
    assert theories.place(words, 5) == place


def test_what_is_asked_is_a_program() -> None:
    program = check(parser.read(Path(theories.__file__).with_suffix(".lot")))
    assert {"judged", "placed"} <= program.functions.keys()
