"""What a shape allows, its grammar accepts, and nothing else; what was accepted reads back as it was written."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher
from tiny_llama import tiny

from lotterylang.run.effects import Prompt, Turn
from lotterylang.run.shapes import Calls, Decimal, Fields, Free, Hole, Listing, Maybe, OneOf, Shape, Whole
from lotterylang.world.model.constraint.constraint import Constraint, constraint, first_line, gap
from lotterylang.world.model.constraint.reading import fits
from lotterylang.world.model.tokenizer import Tokens, rebuilt
from lotterylang.world.model.weights.gguf import Gguf

ENDS = [2, 0]


@cache
def _tokens() -> tuple[Tokens, Any]:
    with TemporaryDirectory() as folder:
        weights = Gguf(tiny().write(Path(folder) / "tiny.gguf"))
        rebuilt(weights.vocabulary).save(f"{folder}/tokenizer.json")
        tokens = Tokens(Path(folder) / "tokenizer.json")
    return tokens, tokens.guide(ENDS)


def accepts(wanted: Constraint, reply: str) -> bool:
    """Tell whether the grammar accepts a reply and may then end."""
    tokens, guide = _tokens()
    matcher = LLMatcher(guide, wanted.grammar(), log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    ids = tokens.encode(reply)
    return bool(matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting())


def at_the_end(shape: Shape, stops: tuple[str, ...] = (), text: str = "Answer: ") -> Constraint:
    """Constrain a hole that ends the assistant's turn."""
    return constraint(gap(Prompt((Turn("user", ("?",)), Turn("assistant", (text, Hole("x", shape, stops))))), 0), True)


def before(shape: Shape, follow: str, stops: tuple[str, ...] = ()) -> Constraint:
    """Constrain a hole in plain text that other text follows."""
    return constraint(gap(Prompt((Turn(None, ("Say:", Hole("x", shape, stops), follow)),)), 0), False)


ANY = st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, {*range(32)} - {9}), "\x7f"])
CHARS = st.sampled_from('ab"\\ é/{}[],:\t世') | ANY
PARTS = ("the cat sat on the mat", 'say "a\\b" now\tand then', "日本語 text")
PATTERNS = ("[a-z]{1,3}", r"\d+", r"(?:ab|cd)*", r"[^a\"]+", r'"?x\\?', r"\w+ \w+", "(?i:Yes|no)")

frees = st.one_of(
    st.builds(lambda a, b: Free(a, None if b is None else a + b), st.integers(0, 3), st.none() | st.integers(0, 5)),
    st.builds(lambda p: Free(patterns=(p,)), st.sampled_from(PATTERNS)),
    st.builds(lambda p, n: Free(n, n + 9, parts_of=(p,)), st.sampled_from(PARTS), st.integers(0, 3)),
)
bounds = st.none() | st.integers(-1500, 1500)
leaves = st.one_of(
    st.builds(OneOf, st.lists(st.text(CHARS, max_size=4), min_size=1, max_size=4).map(tuple)),
    st.builds(OneOf, st.sampled_from([("2", "-10"), ("0.5",)]), st.just(True)),
    st.builds(Whole, bounds, bounds),
    st.builds(Decimal, bounds, bounds),
    frees,
)
NAMES = st.sampled_from(["a", "b c", 'q"', "é"])
shapes = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda i, a, b: Listing(i, a, None if b is None else a + b),
            inner,
            st.integers(0, 2),
            st.none() | st.integers(0, 2),
        ),
        st.builds(Fields, st.lists(st.tuples(NAMES, inner), max_size=3, unique_by=lambda pair: pair[0]).map(tuple)),
        st.builds(Maybe, inner),
    ),
    max_leaves=5,
)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Draw values of a shape: texts, numbers as they are written, lists, dicts, None."""
    match shape:
        case OneOf(options, is_number):
            return st.sampled_from(options).map(_Raw if is_number else str)
        case Whole(low, high):
            return st.integers(-(10**12) + 1 if low is None else low, 10**12 - 1 if high is None else high).map(_Raw)
        case Decimal(low, high):
            digits = st.integers(-2000 if low is None else low, 2000 if high is None else high)
            return st.tuples(digits, st.sampled_from(["", ".0", ".5", ".000001", ".99"])).map(_decimal(low, high))
        case Free(shortest, longest, _, patterns, parts):
            if patterns:
                return st.from_regex(patterns[0], fullmatch=True).filter(lambda text: fits(shape, text))
            if parts:
                ends = st.tuples(st.integers(0, len(parts[0])), st.integers(shortest, longest or 9))
                return ends.map(lambda at: parts[0][at[0] : at[0] + at[1]]).filter(lambda text: fits(shape, text))
            return st.text(CHARS, min_size=shortest, max_size=shortest + 6 if longest is None else longest)
        case Listing(item, fewest, most):
            return st.lists(values(item), min_size=fewest, max_size=fewest + 2 if most is None else most)
        case Fields(fields):
            drawn = st.fixed_dictionaries({name: values(part) for name, part in fields})
            return drawn.map(lambda found: {name: found[name] for name, _ in fields})
        case Maybe(inner):
            return st.none() | values(inner)


class _Raw(str):
    """A number as it is written."""

    def __new__(cls, value: object) -> _Raw:
        return super().__new__(cls, value)


def _decimal(low: int | None, high: int | None) -> Any:
    def written(drawn: tuple[int, str]) -> _Raw:
        whole, fraction = drawn
        text = f"{whole}{fraction}"
        return _Raw(text if fits(Decimal(low, high), text) else str(whole))

    return written


def written(value: Any, nested: bool = False) -> str:
    """Write a value as the specification of holes says, with Python's own JSON."""
    match value:
        case _Raw():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False) if nested else value
        case None:
            return "null" if nested else "none"
        case list():
            return "[" + ", ".join(written(one, True) for one in value) + "]"
        case _:
            return (
                "{"
                + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {written(v, True)}" for k, v in value.items())
                + "}"
            )


def _is_empty(shape: Shape) -> bool:
    match shape:
        case Whole(low, high) | Decimal(low, high):
            return low is not None and high is not None and low > high
        case Listing(item):
            return _is_empty(item)
        case Fields(fields):
            return any(_is_empty(part) for _, part in fields)
        case Maybe(inner):
            return _is_empty(inner)
        case _:
            return False


calls = st.lists(
    st.tuples(
        st.sampled_from(["add", "find", "f"]),
        st.lists(st.tuples(st.sampled_from(["a", "b"]), leaves), max_size=2, unique_by=lambda pair: pair[0]).map(tuple),
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda tool: tool[0],
).map(lambda tools: Calls(tuple(tools)))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_call_is_accepted_and_what_is_none_refused(data: st.DataObject) -> None:
    shape = data.draw(calls)
    tool, arguments = data.draw(st.sampled_from(shape.tools))
    assume(not any(_is_empty(part) for _, part in arguments))
    given = [f"{name} = {written(data.draw(values(part)), True)}" for name, part in arguments]
    text = f"{tool}({', '.join(given)})"
    assert fits(shape, text)
    assert accepts(at_the_end(shape), " " + text)
    at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 2))
    other = text[:at] + data.draw(st.text(CHARS | st.sampled_from("()=, 01"), max_size=2)) + text[at + gone :]
    assert accepts(at_the_end(shape), " " + other) == fits(shape, other)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_what_a_shape_allows_is_accepted_and_reads_back(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    assume(not _is_empty(shape))
    text = written(data.draw(values(shape)))
    wanted = at_the_end(shape)
    assert fits(shape, text)
    assert accepts(wanted, " " + text)
    assert wanted.value(" " + text) == text
    assert not accepts(wanted, text + "\x00")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_what_a_shape_does_not_allow_is_refused(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    assume(not _is_empty(shape))
    text = written(data.draw(values(shape)))
    at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 2))
    other = text[:at] + data.draw(st.text(CHARS | st.sampled_from("0123456789.-nul"), max_size=2)) + text[at + gone :]
    assert accepts(at_the_end(shape), " " + other) == fits(shape, other)


CLOSINGS = st.sampled_from([".", "\n", "ab", "aab", ", and", "\nAnswer: ", "\n\nSo it\nis"])


@settings(deadline=None, max_examples=200)
@given(st.text(st.sampled_from("ab. ,\n"), max_size=8), CLOSINGS, st.booleans(), st.lists(CLOSINGS, max_size=2))
@example("b", "aab", False, [])
@example("a", "ab", True, ["aab"])
def test_a_text_ends_before_the_first_closing(text: str, follow: str, lines: bool, stops: list[str]) -> None:
    wanted = before(Free(lines=lines), follow, tuple(stops))
    closings = [first_line(follow), *stops]
    whole = text + first_line(follow)
    first = min(at for at in map(whole.find, closings) if at >= 0)
    legal = lines or "\n" not in whole[:first]
    assert accepts(wanted, whole) == legal
    if legal:
        assert wanted.value(whole) == whole[:first]
        assert wanted.closed(whole)
    assert not accepts(wanted, text) or any(stop in text for stop in stops) or first_line(follow) in text


@pytest.mark.parametrize(
    ("shape", "follow", "reply", "value"),
    [
        (Decimal(), ".", "3.5.", "3.5"),
        (Decimal(), ".", "3.", "3"),
        (Decimal(), ". And", "3. And", "3"),
        (OneOf(("yes", "yes, sure")), ", sure", "yes, sure", "yes"),
        (OneOf(("yes", "yes, sure")), ", sure", "yes, sure, sure", "yes, sure"),
        (Fields((("a", Free()),)), "}", '{"a": "}"}}', '{"a": "}"}'),
    ],
)
def test_a_closed_form_may_contain_what_follows_it(shape: Shape, follow: str, reply: str, value: str) -> None:
    wanted = before(shape, follow)
    assert accepts(wanted, reply)
    assert wanted.value(reply) == value


def test_a_newline_ends_the_last_line_of_plain_text_and_what_follows_in_the_token_does_not_matter() -> None:
    plain = constraint(gap(Prompt((Turn(None, ("A: ", Hole("x", Whole(0, 99)))),)), 0), False)
    assert accepts(plain, " 42\n\nQ:")
    assert plain.value(" 42\n\nQ:") == "42"
    assert accepts(plain, " 42")
    assert not accepts(at_the_end(Whole(0, 99)), " 42\n")
    assert at_the_end(Free()).value(" on\nand on") == "on"


def test_lines_end_only_at_a_stop_or_the_turns_end() -> None:
    wanted = at_the_end(Free(lines=True), stops=("END",))
    assert accepts(wanted, " a\nb\n\n")
    assert wanted.value(" a\nb\nEND.") == "a\nb\n"


def test_a_stop_is_in_no_value() -> None:
    wanted = at_the_end(OneOf(("a.b", "a")), stops=(".",))
    assert wanted.value(" a.") == "a"
    assert not accepts(wanted, " a.b") or wanted.value(" a.b") == "a"
    assert wanted.permits("a")
    assert not wanted.permits("a.b")


@pytest.mark.parametrize(
    ("shape", "follow", "cut", "value"),
    [
        (Free(), "\nAnswer: ", "so far\nAns", "so far"),
        (Free(), " and", "so far a", "so far a"),
        (Free(5), "\n", "so", None),
        (Whole(10, 99), " km", "4", None),
        (Whole(10, 99), " km", "42 k", "42"),
        (Listing(Whole()), "!", "[1, 2", None),
    ],
)
def test_a_cut_reply_counts_if_its_shape_is_complete(shape: Shape, follow: str, cut: str, value: str | None) -> None:
    assert before(shape, follow).cut_value(cut) == value


@pytest.mark.parametrize("pattern", ["(?=a)b", "^a", r"(a)\1", "(", "a++", r"\p{L}", "(?<!x)a"])
def test_a_pattern_beyond_what_holes_promise_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        at_the_end(Free(patterns=(pattern,))).grammar()


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([r"\w+", r"\W", r"\s\S", r"\d", r"[^\d\s]", ".", "(?i)é|K"]), st.text(ANY, max_size=3))
def test_classes_are_pythons(pattern: str, text: str) -> None:
    shape = Free(patterns=(pattern,))
    assert accepts(at_the_end(shape), " " + text) == bool(re.fullmatch(pattern, text))


def test_several_patterns_and_parts_hold_together() -> None:
    shape = Free(2, 7, patterns=("[a-z ]+", ".*t.*"), parts_of=PARTS[:1])
    wanted = at_the_end(shape)
    assert accepts(wanted, " cat sat")
    assert accepts(wanted, " the")
    assert not accepts(wanted, " he")
    assert not accepts(wanted, " dog t")
    assert not accepts(wanted, " cat sat ")
