"""The trie of a closed grammar says in every state what llguidance says there, whoever walked it before."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_llama import tiny

from lotterylang.run.effects import Prompt, Turn
from lotterylang.run.shapes import Decimal, Free, Hole, Listing, Maybe, OneOf, Shape, Whole
from lotterylang.world.model.constraint import closed
from lotterylang.world.model.constraint.closed import Matchers, TrieMatcher, is_closed
from lotterylang.world.model.constraint.constraint import Constraint, constraint, gap
from lotterylang.world.model.constraint.legal import FEW, Legal, of_bits
from lotterylang.world.model.constraint.matcher import GrammarMatcher, Matcher
from lotterylang.world.model.tokenizer import Tokens, rebuilt
from lotterylang.world.model.weights.gguf import Gguf

ENDS = (2, 0)


@cache
def made() -> tuple[Tokens, Callable[[str], GrammarMatcher]]:
    with TemporaryDirectory() as folder:
        weights = Gguf(tiny().write(Path(folder) / "tiny.gguf"))
        rebuilt(weights.vocabulary).save(f"{folder}/tokenizer.json")
        tokens = Tokens(Path(folder) / "tokenizer.json")
    guide = tokens.guide(list(ENDS))
    return tokens, lambda grammar: GrammarMatcher(guide, grammar, tokens)


def wanted(shape: Shape, follow: str, stops: tuple[str, ...] = (), is_chat: bool = False) -> Constraint:
    parts = ("A: ", Hole("x", shape, stops), follow)
    turns = (Turn("user", ("?",)), Turn("assistant", parts)) if is_chat else (Turn(None, parts),)
    return constraint(gap(Prompt(turns), 0), is_chat)


def ids(legal: Legal) -> list[int]:
    return (np.flatnonzero(legal.mask) if legal.ids is None else legal.ids).tolist()


def walked(matcher: Matcher, wanted: Constraint, seed: int) -> list[object]:
    """Take legal tokens as a row does, drawn by a seed; give everything that the matcher said."""
    tokens, random, said, reply = made()[0], Random(seed), [], b""
    while True:
        legal = ids(matcher.legal(tokens.size))
        said.append(legal)
        if not legal:
            return said
        token = random.choice(legal)
        if token in ENDS:
            return said
        matcher.consume(token)
        reply += tokens.raw(token)
        said.append(matcher.is_stopped)
        forced = b"" if matcher.is_stopped else matcher.forced()
        said.append((token, forced, bool(forced) and matcher.closes(forced)))
        if matcher.is_stopped or wanted.closed(reply.decode(errors="ignore")):
            return said


WORDS = st.text(st.sampled_from("abnoeyst01 é世.\n"), min_size=1, max_size=5)
SHAPES = st.recursive(
    st.one_of(
        st.lists(WORDS, min_size=1, max_size=6).map(lambda words: OneOf(tuple(words))),
        st.sampled_from([OneOf(("yes", "no")), OneOf(("no", "no way", "nothing")), OneOf(("10", "1", "101"), True)]),
        st.builds(lambda low, size: Whole(low, low + size), st.integers(-120, 120), st.integers(0, 200)),
    ),
    lambda inner: st.builds(Maybe, inner),
    max_leaves=2,
)
FOLLOWS = st.sampled_from(["", ".", " km", ", and so\non", "\n", "\nQ:", "es"])
STOPS = st.lists(st.sampled_from([".", "\n", "ab", " the", "Q"]), max_size=2).map(tuple)


@settings(deadline=None, max_examples=120)
@given(SHAPES, FOLLOWS, STOPS, st.booleans())
def test_a_trie_says_what_the_grammar_says(shape: Shape, follow: str, stops: tuple[str, ...], is_chat: bool) -> None:
    constraint, (_, make) = wanted(shape, follow, stops, is_chat), made()
    matchers = Matchers(make)
    for seed in (0, 1, 2, 0, 1):  # the second time the trie knows the way
        assert isinstance(matchers.of(constraint), TrieMatcher)
        assert walked(matchers.of(constraint), constraint, seed) == walked(make(constraint.grammar()), constraint, seed)


@pytest.mark.parametrize("most", [1, 2, 5])
def test_a_full_trie_keeps_no_more_and_says_the_same(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "MOST_NODES", most)
    constraint, (_, make) = wanted(Whole(-50, 100), ""), made()
    matchers = Matchers(make)
    for seed in range(8):
        assert walked(matchers.of(constraint), constraint, seed) == walked(make(constraint.grammar()), constraint, seed)
    assert matchers._tries[constraint].nodes == most


def test_a_way_that_is_known_needs_no_matcher() -> None:
    constraint, calls, (_, make) = wanted(OneOf(("yes", "no")), "", is_chat=True), [], made()
    matchers = Matchers(lambda grammar: (calls.append(grammar), make(grammar))[1])
    first, again = (walked(matchers.of(constraint), constraint, 3) for _ in range(2))
    assert first == again
    assert len(calls) == 1


def test_the_least_used_trie_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "MOST_TRIES", 2)
    matchers = Matchers(made()[1])
    one, two, three = (wanted(OneOf((word,)), "") for word in ("a", "b", "c"))
    for used in (one, two, one, three):
        matchers.of(used)
    assert set(matchers._tries) == {one, three}


def test_which_shapes_are_closed() -> None:
    assert all(map(is_closed, (OneOf(("a",)), Whole(-5, 250), Maybe(OneOf(("a", "b"))))))
    few = OneOf(tuple(map(str, range(closed.MOST_VALUES + 1))))
    assert not any(map(is_closed, (Free(), Whole(), Whole(0), Whole(0, 256), Decimal(0, 1), Listing(Whole(0, 1)), few)))


def test_where_no_reply_is_legal_none_is_each_time() -> None:
    matchers = Matchers(made()[1])
    for _ in range(2):
        assert not matchers.of(wanted(OneOf(()), "")).legal(280).count


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.sampled_from([0, 1, 5, FEW, FEW + 1, 4000]), st.integers(4001, 4100))
def test_bits_are_read_as_the_tokens_they_stand_for(seed: int, count: int, vocabulary: int) -> None:
    chosen = sorted(Random(seed).sample(range(4001), count))
    mask = np.zeros(vocabulary, np.bool_)
    mask[chosen] = True
    legal = of_bits(np.packbits(mask, bitorder="little").tobytes(), vocabulary)
    log_probs = np.arange(vocabulary, dtype=np.float32) - 9_000
    values = legal.values(log_probs)
    assert (legal.count, ids(legal)) == (count, chosen)
    assert (legal.ids is None) == (count > FEW)
    assert [legal.token(int(place)) for place in np.flatnonzero(values > -9_500)] == chosen
    assert log_probs[0] == -9_000  # values are an array of their own
