"""Every case of tests/spec/**/*.lot: accepted, or refused with exactly the diagnostics that its lines announce.

Cases are split by a line `---`. `### "regex"` on a line says that a diagnostic whose message matches starts there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lotterylang.check import check
from lotterylang.check.codes import CODES
from lotterylang.syntax.diagnostics import Diagnostic, LotError
from lotterylang.syntax.parser import source_of

SPEC = Path(__file__).parents[1] / "spec"
ANNOUNCED = re.compile(r'### ((?:"(?:[^"\\]|\\.)*" ?)+)')


def _cases() -> list[tuple[str, str]]:
    found = []
    for path in sorted(SPEC.rglob("*.lot")):
        name = path.relative_to(SPEC).with_suffix("").as_posix()
        chunks = re.split(r"^---\n", path.read_text(), flags=re.MULTILINE)
        found += [(f"{name}-{i}", chunk) for i, chunk in enumerate(chunks, 1)]
    return found


CASES = _cases()


def _diagnostics(name: str, text: str) -> tuple[Diagnostic, ...]:
    try:
        check(source_of(str(SPEC / name), text))
    except LotError as problem:
        return problem.diagnostics
    return ()


def _announced(text: str) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        for announcement in ANNOUNCED.findall(line):
            found += [(number, regex) for regex in re.findall(r'"((?:[^"\\]|\\.)*)"', announcement)]
    return found


@pytest.mark.parametrize(("name", "text"), CASES, ids=[name for name, _ in CASES])
def test_a_case_is_accepted_or_refused_as_announced(name: str, text: str) -> None:
    wanted = _announced(text)
    for found in _diagnostics(name, text):
        assert found.label is not None, found
        line = found.label.span.source.position(found.label.span.start)[0]
        matched = next((w for w in wanted if w[0] == line and re.search(w[1], found.message)), None)
        assert matched is not None, f"unannounced on line {line}: {found.code} {found.message}\n{text}"
        wanted.remove(matched)
    assert not wanted, f"announced, not found: {wanted}\n{text}"


def test_every_code_occurs_in_a_case() -> None:
    seen = {found.code for name, text in CASES for found in _diagnostics(name, text)}
    elsewhere = {"LOT-E0330", "LOT-E0222", "LOT-E0225"}
    assert sorted(CODES.keys() - seen - elsewhere) == [], "they are in test_check_depth.py and test_check_modules.py"


def test_the_checker_gives_no_code_that_is_not_explained() -> None:
    room = Path(__file__).parents[2] / "lotterylang" / "check"
    used = {code for path in room.glob("*.py") for code in re.findall(r'"(LOT-E\d{4})"', path.read_text())}
    assert used == set(CODES)


def test_every_message_keeps_the_style() -> None:
    """Lower case unless a name or capital begins it, no final period, and help that says what to type."""
    for name, text in CASES:
        for found in _diagnostics(name, text):
            assert not found.message.endswith("."), found
            assert found.message[0] in '`"' or found.message[0].islower() or found.message.split()[0].isupper(), found
            assert found.help, found
            assert found.label is not None and found.label.text not in ("", "here"), found
            assert not found.help.endswith("."), found
