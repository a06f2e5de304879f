"""Programs with a bug each: a drawn model finds it, with few replies, and what is told breaks the program again."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.syntax import parser
from lotterylang.syntax.parser import source_of
from lotterylang.testing.examples import run_examples
from lotterylang.testing.properties import run_properties

FILES = sorted(Path(__file__).parent.glob("*.lot"))
MOST_REPLIES = 4


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_planted_bug_is_found_and_told_by_few_replies(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (verdict,) = run_properties(check(parser.read(path)))
    assert verdict.problem is not None, verdict
    assert 1 <= verdict.replies <= MOST_REPLIES, verdict.counterexample
    assert verdict.example is not None
    (pasted,) = run_examples(check(source_of(path.name, f"{text}\n{verdict.example}")))
    assert pasted.problem is not None, verdict.example


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 10
