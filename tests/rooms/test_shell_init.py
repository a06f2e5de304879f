"""`lot init`: a project whose commands work as its README prints them, and which overwrites nothing."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from command import lot


def commands(folder: Path) -> list[list[str]]:
    return [
        shlex.split(line) for line in re.findall(r"^\$ lot (.*)$", (folder / "README.md").read_text(), re.MULTILINE)
    ]


def test_the_three_commands_of_a_new_project_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = lot("init", str(tmp_path / "mine"))
    assert (printed.status, printed.err) == (0, "")
    monkeypatch.chdir(tmp_path / "mine")
    assert sorted(path.name for path in Path().iterdir()) == [".gitignore", "README.md", "find.lot", "notes.txt"]
    check, test, run = commands(Path())
    assert lot(*check).out == "find.lot: no errors\n"
    assert lot(*test).out.splitlines()[-1] == "2 passed, 0 failed"
    answered = lot(*run, "--model", "first")
    assert (answered.status, answered.err) == (0, "")
    assert answered.out in Path("notes.txt").read_text()


@pytest.mark.live
def test_the_model_finds_the_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lot("init", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert lot(*commands(tmp_path)[2]).out == "The train to Bergen leaves at 8:25 from platform 4.\n"


def test_without_a_folder_it_is_made_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.lot").write_text("let a = 1\n")
    assert lot("init").status == 0
    assert (tmp_path / "find.lot").exists()


@pytest.mark.parametrize("name", ["find.lot", "README.md", ".gitignore"])
def test_nothing_is_overwritten_and_nothing_half_made(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine")
    printed = lot("init", str(tmp_path))
    assert (printed.status, "LOT-E0621" in printed.err) == (2, True)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


def test_a_folder_that_is_a_file_or_locked_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    printed = lot("init", str(tmp_path / "file"))
    assert (printed.status, "LOT-E0617" in printed.err) == (2, True)
