"""The pytest plugin: what it collects, and what a person sees of a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

OURS = ("-p", "no:lotterylang", "-p", "lotterylang.testing.plugin", "-p", "no:cacheprovider")

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _ours_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


PROGRAM = """
model small = first()
fn word(q: text) -> text { (ASK small "${q} is @{word: text where len(word) <= 30, stop "."}").word }
example "a word" {
  given small replies { _ => "x" }
  expect word("a") == "x"
}
example "another word" {
  given small replies { _ => "x" }
  expect word("a") == "y"
}
property "a word is short" always { expect len(word("a")) <= 30 }
property "a word is never again" always { expect word("a") != "again" }
"""


def test_examples_and_properties_are_items(pytester: pytest.Pytester) -> None:
    pytester.makefile(".lot", words=PROGRAM)
    result = pytester.runpytest_subprocess(*OURS, "-v")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*words.lot::a word PASSED*", "*words.lot::a word is never again FAILED*"])


def test_a_failure_is_told_as_lot_test_tells_it(pytester: pytest.Pytester) -> None:
    pytester.makefile(".lot", words=PROGRAM)
    result = pytester.runpytest_subprocess(*OURS)
    result.stdout.fnmatch_lines(["*words.lot:9:3", 'expect word("a") == "y"', 'left is "x", right is "y"'])
    result.stdout.fnmatch_lines(
        ['with    property/word/ask#1 => (word = "again")', 'example "a word is never again: *']
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:*: *")


def test_a_program_with_errors_is_told_by_its_diagnostics(pytester: pytest.Pytester) -> None:
    pytester.makefile(".lot", wrong='example "a" { expect taly == 1 }')
    result = pytester.runpytest_subprocess(*OURS)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["error?LOT-E0203?: `taly` is not defined", "*wrong.lot:1:22"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_one_test_can_be_picked_by_its_name(pytester: pytest.Pytester) -> None:
    pytester.makefile(".lot", words=PROGRAM)
    pytester.runpytest_subprocess(*OURS, "-k", "short").assert_outcomes(passed=1, deselected=3)
