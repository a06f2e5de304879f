"""A pytest plugin: examples and properties of `.lot` files are tests, and what fails is told as `lot test` tells it.

Pytest finds it by its entry point. Nothing of the language is imported before the first `.lot` file is met.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lotterylang.check.program import Program
    from lotterylang.syntax import tree
    from lotterylang.testing.examples import Verdict


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take every `.lot` file."""
    return ProgramFile.from_parent(parent, path=file_path) if file_path.suffix == ".lot" else None


class ProgramFile(pytest.File):
    """A program: each of its examples and properties is an item."""

    def collect(self) -> Iterator[pytest.Item]:
        """Check the program. Errors: LotError, told by `repr_failure`."""
        from lotterylang.check import check
        from lotterylang.syntax import parser

        program = check(parser.read(self.path))
        nodes: list[tree.Example | tree.Property] = [*program.examples, *program.properties]
        for node in nodes:
            yield ProgramTest.from_parent(self, name=node.name, program=program, node=node)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]
        """Tell what is wrong with a program by its diagnostics."""
        return _diagnostics(excinfo.value) or super().repr_failure(excinfo)


class ProgramTest(pytest.Item):
    """An example or a property."""

    def __init__(self, *, program: Program, node: tree.Example | tree.Property, **rest: Any) -> None:
        super().__init__(**rest)
        self.program = program
        self.node = node

    def runtest(self) -> None:
        """Run it. Errors: Broken, with what became of it."""
        from lotterylang.syntax import tree
        from lotterylang.testing.examples import run_example
        from lotterylang.testing.properties import run_property

        node = self.node
        if isinstance(node, tree.Example):
            verdict = run_example(self.program, node)
        else:
            verdict = run_property(self.program, node)
        if verdict.problem is not None:
            raise Broken(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Tell what failed, where, and for what."""
        if isinstance(excinfo.value, Broken):
            return "\n".join(excinfo.value.verdict.told())
        return _diagnostics(excinfo.value) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the test stands."""
        span = self.node.span
        return self.path, span.source.position(span.start)[0] - 1, self.name


class Broken(Exception):
    """A test that failed."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.problem)
        self.verdict = verdict


def _diagnostics(problem: BaseException) -> str | None:
    from lotterylang.syntax.diagnostics import LotError, as_text

    return "\n".join(map(as_text, problem.diagnostics)) if isinstance(problem, LotError) else None
