"""What programs do, said in the language itself: every example of `tests/behaviour/` passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.syntax import parser
from lotterylang.testing.examples import run_example

FILES = sorted((Path(__file__).parents[1] / "behaviour").glob("*.lot"))
PROGRAMS = {path.stem: check(parser.read(path)) for path in FILES}
EXAMPLES = [(name, example) for name, program in PROGRAMS.items() for example in program.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}: {e.name}" for name, e in EXAMPLES])
def test_an_example_passes(name: str, example: object) -> None:
    verdict = run_example(PROGRAMS[name], example)  # type: ignore[arg-type]
    assert verdict.problem is None, f"{verdict.place} {verdict.source}: {verdict.problem}"
