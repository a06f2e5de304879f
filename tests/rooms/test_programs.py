"""Every program in `programs/` is without errors; its examples pass, and its properties hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.syntax import parser
from lotterylang.testing.examples import run_examples
from lotterylang.testing.properties import run_properties

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "programs").rglob("*.lot"))
SAMPLES = 40
"""Trials of a property here; `lot test` tries 500."""


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_program_is_without_errors_and_its_tests_pass(path: Path) -> None:
    program = check(parser.read(path))
    verdicts = [*run_examples(program), *run_properties(program, SAMPLES)]
    assert [verdict for verdict in verdicts if verdict.problem is not None] == []


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_program_has_examples_and_properties(path: Path) -> None:
    program = check(parser.read(path))
    assert path.parent.name == "first" or (program.examples and program.properties)
