"""The README as a reader types it: its program is a tested file, its commands print what it says they print."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from command import lot

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[tuple[str, str]]:
    """List the commands of the README and what it shows them to print."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            else:
                found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return found


LOT = [(command, printed) for command, printed in commands() if command.startswith(".venv/bin/lot ")]
ASKING = [pair for pair in LOT if "question=" in pair[0] or "story=" in pair[0]]
PURE = [pair for pair in LOT if pair not in ASKING]


def test_every_command_is_either_make_or_lot() -> None:
    makes = [command for command, _ in commands() if command.startswith("make ")]
    assert makes == ["make run", "make test"]
    assert len(commands()) == len(makes) + len(ASKING) + len(PURE)
    assert ASKING
    assert PURE


@pytest.mark.parametrize("target", ["run", "test"])
def test_make_knows_the_targets(target: str) -> None:
    ended = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(("command", "printed"), PURE)
def test_a_command_prints_what_the_readme_says(command: str, printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lot(*shlex.split(command)[1:]).out == printed


@pytest.mark.live
@pytest.mark.parametrize(("command", "printed"), ASKING)
def test_a_command_that_asks_the_model_prints_what_the_readme_says(
    command: str, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert lot(*shlex.split(command)[1:]).out == printed


def test_the_program_of_the_readme_is_in_a_tested_file() -> None:
    (program,) = re.findall(r"```lot\n(.*?)```", TEXT, re.DOTALL)
    assert len(program.splitlines()) == 10
    assert program in (ROOT / "programs/first/compare.lot").read_text(encoding="utf-8")
