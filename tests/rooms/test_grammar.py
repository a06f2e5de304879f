"""The grammar file: no conflict, every example parses as its rule, and the traps of its lexer stay closed."""

from __future__ import annotations

import re

import pytest
from lark import Lark
from lark.exceptions import UnexpectedInput

from lotterylang.syntax import table
from lotterylang.syntax.newlines import Newlines

GRAMMAR = table.grammar_text()
EXAMPLES = []
for block in re.finditer(r"((?:^//> .*\n)+)(?:^// .*\n)*^[!?]?(\w+):", GRAMMAR, re.MULTILINE):
    EXAMPLES += [(block.group(2), line[4:].replace("⏎", "\n")) for line in block.group(1).splitlines()]


@pytest.fixture(scope="module")
def by_rule() -> Lark:
    rules = tuple(sorted({rule for rule, _ in EXAMPLES if not rule.startswith("_")}))
    return table.build(GRAMMAR, starts=rules)


def test_there_is_no_conflict_and_no_collision_of_terminals() -> None:
    table.build(GRAMMAR, strict=True)


@pytest.mark.parametrize(("rule", "text"), EXAMPLES)
def test_an_example_parses_as_the_rule_below_it(by_rule: Lark, rule: str, text: str) -> None:
    if rule.startswith("_"):
        pytest.fail(f"{rule} is an inlined rule: put the example above a rule that can stand alone")
    by_rule.parse(text, start=rule)


def test_every_word_and_sign_has_a_name() -> None:
    lark = table.build(GRAMMAR)
    assert [t.name for t in lark.terminals if t.name.startswith("__") and not t.name.startswith("__IGNORE")] == []


def test_no_state_of_the_lexer_mixes_code_with_text() -> None:
    """Where merged states accept the terminals of two kinds of text, one kind is read as the other."""
    table_ = table.build(GRAMMAR).parser.parser._parse_table  # type: ignore[attr-defined]
    kinds = [{"TEXT"}, {"PROMPT", "ROLE"}, {"NAME", "NUMBER", "_NL", "LBRACE", "LOGIC_BODY"}]
    for accepted in table_.states.values():
        assert sum(bool(kind & accepted.keys()) for kind in kinds) <= 1


def test_a_reserved_word_is_no_label() -> None:
    """The terminal for labels repeats the list of reserved words: Lark has no other way to say it."""
    (label,) = [t for t in table.build(GRAMMAR).terminals if t.name == "LABEL"]
    words = {name.strip("_").lower() for name in Newlines.always_accept if name not in ("_NL", "NAME")}
    capitals = {"read", "write", "copy", "mov", "jump", "ask", "choose", "score", "find", "call", "deduce", "divide"}
    for word in words - capitals:
        assert re.match(label.pattern.to_regexp(), f"{word}:\n") is None, word
        assert re.match(label.pattern.to_regexp(), f"{word}s:\n") is not None
    assert "endorse" in words


def test_the_words_that_may_follow_an_expression_are_free_after_the_model_of_score() -> None:
    """`)` ends many rules: had the model the common `args`, the lexer would take these words there."""
    lark = table.build(GRAMMAR)
    for word in ("as", "at", "by", "from", "kept", "under", "until", "when", "with", "then", "always", "against"):
        lark.parse(f'let a = SCORE m(b) {word} under "x"', start="start")
        lark.parse(f'let a = SCORE m {word} under "x"', start="start")


def test_a_run_of_comment_lines_is_one_token() -> None:
    """One token a line makes the lexer look ahead again for each: quadratic."""
    text = "let a = 1\n" + "# note\n" * 50_000 + "let b = 2\n"
    tokens = table.build(GRAMMAR).parse_interactive(text, start="start").exhaust_lexer()
    assert [t.type for t in tokens].count("_NL") == 2


@pytest.mark.parametrize(
    "text",
    [
        "logic f() -> a(int) { " + "% c\n" * 100_000,
        "logic f() -> a(int) { " + "a. " * 100_000,
        "logic f() -> a(int) { " + '"' * 100_000,
        'let x = "' + "$" * 100_000,
        'let x = """' + "a\n" * 100_000,
    ],
    ids=["comments in logic", "open logic", "quotes in logic", "signs", "open prompt"],
)
def test_a_body_that_is_never_closed_is_refused(text: str) -> None:
    """A pattern that backtracks would not end here before the sun does."""
    with pytest.raises(UnexpectedInput):
        table.build(GRAMMAR).parse(text, start="start")
