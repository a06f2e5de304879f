"""Every program in `programs/` is without errors, and its examples pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.syntax import parser
from lotterylang.testing.examples import run_examples
from lotterylang.testing.properties import run_properties

ROOT = Path(__file__).parents[2]
PROGRAMS = sorted((ROOT / "programs").rglob("*.lot"))


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_program_is_without_errors_and_its_examples_pass(path: Path) -> None:
    program = check(parser.read(path))
    assert [v for v in [*run_examples(program), *run_properties(program)] if v.problem is not None] == []
